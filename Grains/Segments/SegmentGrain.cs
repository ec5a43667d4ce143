using Microsoft.Extensions.Options;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Transport;
using Orleans.Placement;

namespace MMOrleans.Grains.Segments;

/// <inheritdoc cref="ISegmentGrain"/>
/// <remarks>
/// <see cref="ContributeAsync"/> interleaves at its one await only, and touches <see cref="SegmentRounds"/> before it; what it reads
/// after it is the completed task's own value.
/// </remarks>
[PinnedToSilo, KeepAlive, Immovable]
internal sealed class SegmentGrain : Grain, ISegmentGrain
{
    private readonly IOptions<LivenessOptions> _liveness;
    private readonly TimeProvider _clock;
    private readonly VectorTransport _transport;
    private readonly ArenaScope _memory;
    private readonly SegmentRounds _rounds;
    private readonly Dictionary<long, TaskCompletionSource<SegmentAnswer>> _waiting = [];
    private bool _closed;
    private long _asked;

    public SegmentGrain(IOptions<LivenessOptions> liveness, TimeProvider clock, VectorTransport transport)
    {
        (_liveness, _clock, _transport) = (liveness, clock, transport);
        _memory = transport.Begin();
        _rounds = new(_memory);
        _asked = clock.GetTimestamp();
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var idle = _liveness.Value.Idle;
        this.RegisterGrainTimer(
            LeaveIfForgotten,
            new GrainTimerCreationOptions(idle, idle) { Interleave = true }
        );
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _memory.Dispose();
        return Task.CompletedTask;
    }

    public async Task<SegmentAnswer> ContributeAsync(
        Contribution contribution,
        CancellationToken cancellationToken
    )
    {
        _asked = _clock.GetTimestamp();
        var received = await _transport.ReceiveAsync(contribution);
        if (_closed)
        {
            received?.Release(); // frames that nobody takes would stay in the inbox
            return Moved(contribution.Round);
        }

        if (received is null)
            return new(SegmentOutcome.Unmapped, contribution.Round, null, default, "");
        var answer = await AnswerAsync(received, cancellationToken);
        return await _transport.SendAsync(contribution, answer with { Instance = Instance });
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
        var since = _clock.GetTimestamp();
        try
        {
            var settled = await waiting.Task.WaitAsync(_liveness.Value.Poll, _clock, cancellationToken);
            return settled with { WaitedSeconds = _clock.GetElapsedTime(since).TotalSeconds };
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
        _memory.Dispose();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private Task LeaveIfForgotten(CancellationToken cancellationToken) =>
        SegmentAge.IsOver(_clock.GetElapsedTime(_asked), _rounds.Newest, _liveness.Value)
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
