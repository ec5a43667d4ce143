using Microsoft.Extensions.Options;
using MMOrleans.Grains.Coordination;
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
internal sealed class SegmentGrain(IOptions<LivenessOptions> liveness, TimeProvider clock)
    : Grain,
        ISegmentGrain
{
    private readonly SegmentRounds _rounds = new();
    private readonly Dictionary<long, TaskCompletionSource<SegmentAnswer>> _waiting = [];
    private bool _closed;
    private long _asked = clock.GetTimestamp();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var idle = liveness.Value.Idle;
        this.RegisterGrainTimer(
            LeaveIfForgotten,
            new GrainTimerCreationOptions(idle, idle) { Interleave = true }
        );
        return Task.CompletedTask;
    }

    public async Task<SegmentAnswer> ContributeAsync(
        Contribution contribution,
        CancellationToken cancellationToken
    )
    {
        _asked = clock.GetTimestamp();
        if (_closed)
            return Moved(contribution.Round);
        return await AnswerAsync(contribution, cancellationToken) with { Instance = Instance };
    }

    private ulong Instance => unchecked((uint)GrainContext.ActivationId.GetHashCode()) | (1ul << 32);

    private async Task<SegmentAnswer> AnswerAsync(
        Contribution contribution,
        CancellationToken cancellationToken
    )
    {
        var answer = _rounds.Contribute(contribution);
        SettleKnown();
        if (answer is not null)
        {
            // A disagreement is for everybody who waits in the round.
            if (answer.Outcome is SegmentOutcome.StatesDiffer or SegmentOutcome.BlocksDiffer)
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
            var settled = await waiting.Task.WaitAsync(liveness.Value.Poll, clock, cancellationToken);
            return settled with { WaitedSeconds = clock.GetElapsedTime(since).TotalSeconds };
        }
        catch (TimeoutException)
        {
            _rounds.DetachBorrowed(contribution.Round);
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

    private Task LeaveIfForgotten(CancellationToken cancellationToken) =>
        SegmentAge.IsOver(clock.GetElapsedTime(_asked), _rounds.Newest, liveness.Value)
            ? CloseAsync()
            : Task.CompletedTask;

    private void SettleKnown()
    {
        foreach (var round in _waiting.Keys.ToList())
            if (_rounds.Answer(round) is { } known)
                Settle(known);
    }

    private static SegmentAnswer Moved(long round) => new(SegmentOutcome.Moved, round, null, default, "");

    private void Settle(SegmentAnswer answer)
    {
        if (_waiting.Remove(answer.Round, out var waiting))
            waiting.SetResult(answer);
    }
}
