using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Timing;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Trainers;

/// <summary>Asks the protocol what to do next, does it, and tells the protocol what came of it.</summary>
/// <remarks>Runs on the pool and posts computing to the device's thread. The protocol is told by one thread at a time, from a queue.</remarks>
internal sealed partial class TrainerLoop
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly TrainerAssignment _assignment;
    private readonly IGrainFactory _grains;
    private readonly VectorTransport _transport;
    private readonly string _trainer;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly MonotonicClock _time;
    private readonly TrainerWork _work;
    private readonly TrainerProtocol _protocol;
    private readonly Channel<Action> _told = Channel.CreateUnbounded<Action>(new() { SingleReader = true });

    public TrainerLoop(
        string trainer,
        TrainerAssignment assignment,
        TrainerWork work,
        IVectorMemory memory,
        SessionServices services
    )
    {
        (_assignment, _work, _grains, _clock) = (assignment, work, services.Grains, services.Clock);
        _transport = services.Transport;
        (_trainer, _logger) = (trainer, services.Logger);
        _time = new(_clock);
        _protocol = new(trainer, work.Plan, services.Liveness, memory);
        if (assignment.Joins)
            _protocol.Join(Now);
        else
            _protocol.Begin(work.State.Now, Now);
    }

    /// <summary>The coordinator has answered a heartbeat.</summary>
    public void Take(BeatAnswer answer) => Tell(() => _protocol.Take(answer, Now));

    /// <summary>A heartbeat was refused.</summary>
    public void Refused() => Tell(() => _protocol.Refused(Now));

    /// <summary>Trains until it is told to leave.</summary>
    /// <param name="show">Is given what the protocol stands at, whenever that may have changed.</param>
    /// <param name="leaving">Ends it.</param>
    /// <exception cref="Exception">Whatever went wrong in it, or in what it began.</exception>
    public async Task RunAsync(Action<ProtocolView> show, CancellationToken leaving)
    {
        var view = ProtocolView.Starting;
        while (!leaving.IsCancellationRequested)
        {
            var fallbacks = _protocol.Fallbacks;
            while (_protocol.Next(Now) is { } action)
                _ = action is AskSegment ask ? AskAsync(ask) : DoAsync(action, leaving);
            if (_protocol.Fallbacks > fallbacks)
                LogFellBack(_trainer, _protocol.Lease!.Term, _assignment.RunId);
            show(view = await ViewAsync(view));
            await WaitAsync(leaving);
            while (_told.Reader.TryRead(out var tell))
                tell();
        }
    }

    /// <summary>Until something is told, or it is time to try a call again.</summary>
    private async Task WaitAsync(CancellationToken leaving)
    {
        try
        {
            await _told.Reader.WaitToReadAsync(leaving).AsTask().WaitAsync(Tick, _clock, leaving);
        }
        catch (TimeoutException)
        {
            // Nothing was told: time has passed.
        }
    }

    private async Task DoAsync(TrainerAction action, CancellationToken leaving)
    {
        try
        {
            switch (action)
            {
                case ComputeSlots compute:
                    _work.Epochs.Report(compute.WritingTerm);
                    var blocks = await (
                        compute.Exchange.Kind == ExchangeKind.Round
                            ? _work.Rounds.ComputeAsync(compute, leaving)
                            : _work.Epochs.EvaluateAsync(compute, leaving)
                    );
                    Tell(() => _protocol.Computed(compute, blocks));
                    break;
                case ApplyRound apply:
                    var applied = await _work.Rounds.ApplyAsync(apply);
                    Tell(() => _protocol.Applied(applied));
                    break;
                case CloseEpoch close:
                    var closed = await _work.Epochs.CloseAsync(close, leaving);
                    Tell(() => _protocol.EpochClosed(closed));
                    break;
                case CopyState copy:
                    await CopyAsync(copy);
                    break;
                case LoadState load:
                    var loaded = await _work.LoadAsync(load);
                    Tell(() => _protocol.Loaded(loaded, Now));
                    break;
            }
        }
#pragma warning disable CA1031 // Thrown again in the loop, whose caller diagnoses it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    private async Task AskAsync(AskSegment ask)
    {
        try
        {
            var (silo, segment) = (
                PinnedKey.Silo(ask.Call.Key),
                _grains.GetGrain<ISegmentGrain>(ask.Call.Key)
            );
            var answer = await segment.ContributeAsync(await _transport.SendAsync(silo, ask.Contribution));
            if (answer.Outcome == SegmentOutcome.Unmapped)
            {
                _transport.Forget(silo);
                answer = await segment.ContributeAsync(ask.Contribution);
            }

            answer = await _transport.ReceiveAsync(silo, answer);
            _work.Telemetry.Exchanged(_transport.To(silo), ask.Contribution, answer);
            Tell(() =>
            {
                if (_protocol.Answered(ask.Call, answer, Now) is { } wrong)
                    throw new InvalidOperationException(wrong);
            });
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            Tell(() => _protocol.Unanswered(ask.Call, Now));
        }
#pragma warning disable CA1031 // Thrown again in the loop, whose caller diagnoses it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    private async Task CopyAsync(CopyState copy)
    {
        try
        {
            var answer = await _grains
                .GetGrain<ITrainerGrain>(copy.From)
                .FetchStateAsync(new(_assignment.RunId, copy.Round, copy.Offset, copy.Length));
            Tell(() => _protocol.Copied(copy, answer, Now));
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            Tell(() => _protocol.NotCopied(copy, Now));
        }
    }

    /// <summary>Where the protocol stands, for heartbeats and callers; a state that is kept is written and hashed first.</summary>
    private async Task<ProtocolView> ViewAsync(ProtocolView before)
    {
        var stage = _protocol.Stage;
        var sha256 = before.StateSha256;
        if (stage is not (TrainerStage.Paused or TrainerStage.Done))
            sha256 = null;
        else if (sha256 is null || stage != before.Stage || _protocol.Round != before.Position.Round)
        {
            if (stage != TrainerStage.Done)
                _work.Telemetry.GivenUp("stop", isFault: false, _work.Clock);
            await _work.FlushAsync();
            sha256 = await _work.State.Sha256Async();
        }

        return new(
            stage,
            _protocol.Position,
            _protocol.StateHash,
            sha256,
            _protocol.Lease,
            _protocol.IsDisputed,
            _protocol.Conflict,
            _protocol.IsRefused,
            _protocol.Silent(Now),
            _protocol.WaitingFor,
            _protocol.Round == _assignment.WitnessRound ? _protocol.StateHash : before.WitnessHash
        );
    }

    private DateTimeOffset Now => _time.Now;

    private void Tell(Action tell) => _told.Writer.TryWrite(tell);

    [LoggerMessage(
        LogLevel.Warning,
        "{Trainer} falls back to term {Term} of {Run}: its coordinator does not answer, and its round stands"
    )]
    private partial void LogFellBack(string trainer, long term, string run);

    private void Fail(Exception exception) => Tell(() => ExceptionDispatchInfo.Throw(exception));
}
