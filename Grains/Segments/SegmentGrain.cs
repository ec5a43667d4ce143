using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Placement;
using Orleans.Placement;

namespace MMOrleans.Grains.Segments;

/// <inheritdoc cref="ISegmentGrain"/>
/// <remarks>
/// <see cref="ContributeAsync"/> interleaves at its one await only, and touches <see cref="SegmentRounds"/> before it; what it reads
/// after it is the completed task's own value.
/// </remarks>
[PinnedToSilo, KeepAlive, Immovable]
internal sealed class SegmentGrain(TimeProvider clock) : Grain, ISegmentGrain
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);

    private readonly SegmentRounds _rounds = new();
    private readonly Dictionary<long, TaskCompletionSource<SegmentAnswer>> _waiting = [];
    private bool _closed;

    public async Task<SegmentAnswer> ContributeAsync(
        Contribution contribution,
        CancellationToken cancellationToken
    )
    {
        if (_closed)
            return Moved(contribution.Round);
        var answer = _rounds.Contribute(contribution);
        if (answer is not null)
        {
            // A result, or a disagreement that everybody who waits must hear of, ends the wait of all.
            if (answer.Outcome is SegmentOutcome.Averaged or SegmentOutcome.StatesDiffer)
                Settle(answer);
            return answer;
        }

        if (!_waiting.TryGetValue(contribution.Round, out var waiting))
            _waiting.Add(
                contribution.Round,
                waiting = new(TaskCreationOptions.RunContinuationsAsynchronously)
            );
        var since = clock.GetTimestamp();
        try
        {
            var settled = await waiting.Task.WaitAsync(LongestPoll, clock, cancellationToken);
            return settled with { WaitedSeconds = clock.GetElapsedTime(since).TotalSeconds };
        }
        catch (TimeoutException)
        {
            return new(SegmentOutcome.Again, contribution.Round, null, default, "");
        }
    }

    public Task CloseAsync()
    {
        _closed = true;
        foreach (var round in _waiting.Keys.ToList())
            Settle(Moved(round));
        _rounds.Clear();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private static SegmentAnswer Moved(long round) => new(SegmentOutcome.Moved, round, null, default, "");

    private void Settle(SegmentAnswer answer)
    {
        if (_waiting.Remove(answer.Round, out var waiting))
            waiting.SetResult(answer);
    }
}
