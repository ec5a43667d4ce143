using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Trainers;

/// <summary>One trainer in one run: prepares, trains round by round as the coordinator's orders say, and beats meanwhile.</summary>
/// <remarks>Owned by the silo's <see cref="DeviceRegistry"/>, not by the grain. Its loop runs on the pool and posts computing to the device's thread.</remarks>
internal sealed partial class TrainingSession(
    TrainerAssignment assignment,
    TrainingDevice device,
    SessionServices services
) : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly Channel<Func<string?>> _events = Channel.CreateUnbounded<Func<string?>>(
        new() { SingleReader = true }
    );
    private readonly SemaphoreSlim _beatNow = new(0);
    private readonly ILogger _logger = services.Logger;
    private TrainerRounds? _rounds;
    private TrainerProtocol? _protocol;
    private Task _training = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;
    private volatile BeatAnswer? _orders;
    private volatile ProtocolView _view = ProtocolView.Starting;
    private Fault? _fault;
    private Incident? _incident;
    private bool _faultIsOfTheRun;

    /// <summary>The run.</summary>
    public string RunId => assignment.RunId;

    /// <summary>The run's start that it belongs to.</summary>
    public string Attempt => assignment.Attempt;

    /// <summary>Whether it has let go of the run.</summary>
    public bool Ended => _training.IsCompleted && _beating.IsCompleted;

    /// <summary>Begins; returns at once.</summary>
    public void Start()
    {
        var settings = assignment.Settings;
        services.Telemetry.RunOpened(RunId, settings.Traces, settings.TraceEvery, assignment.Trace);
        _training = Task.Run(() => TrainAsync(_leaving.Token));
        _beating = Task.Run(() => BeatAsync(_leaving.Token));
    }

    /// <summary>Writes the state of the last completed round as a checkpoint.</summary>
    public async Task<CheckpointReport> SaveAsync(CancellationToken cancellationToken)
    {
        if (_view.Stage is not (TrainerStage.Paused or TrainerStage.Done) || _rounds is null)
            throw new InvalidOperationException(
                $"{device.Trainer} is {_view.Stage}: only a paused state can be saved on request."
            );
        return await _rounds.SaveNowAsync(_view.Lease?.Term, cancellationToken);
    }

    /// <summary>A stretch of a pinned copy of the state.</summary>
    public async Task<StateAnswer> FetchStateAsync(StateRequest request) =>
        _rounds is { } rounds && _view.StateHash != 0 && _view.Stage != TrainerStage.Faulted
            ? await rounds.FetchStateAsync(request)
            : new(-1, default, 0, null);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await Task.WhenAll(_training, _beating);
        if (_rounds is not null)
            await _rounds.DisposeAsync();
        services.Telemetry.RunLeft(RunId);
        _leaving.Dispose();
        _beatNow.Dispose();
    }

    private async Task TrainAsync(CancellationToken leaving)
    {
        try
        {
            _rounds = await TrainerRounds.PrepareAsync(assignment, device, services, leaving);
            var protocol = new TrainerProtocol(device.Trainer, _rounds.Exchanges, services.Liveness);
            if (assignment.Joins)
                protocol.Join(Now);
            else
                protocol.Begin(_rounds.State.Position, _rounds.State.Hash, Now);
            _protocol = protocol;
            if (_orders is { } orders)
                protocol.Take(orders, Now);
            while (!leaving.IsCancellationRequested)
            {
                while (protocol.Next(Now) is { } action)
                    Begin(action, protocol, leaving);
                await ShowAsync(protocol);
                await WaitAsync(leaving);
                while (_events.Reader.TryRead(out var happened))
                    if (happened() is { } wrong)
                        throw new InvalidOperationException(wrong);
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // Told to leave: the coordinator knows.
        }
#pragma warning disable CA1031 // Whatever stopped this trainer is told to the coordinator, which gives its slots to others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFault(exception, device.Trainer, assignment.RunId);
            (_fault, _incident, _faultIsOfTheRun) = Diagnose(exception);
            if (_faultIsOfTheRun)
                _rounds?.Story.GivenUp(_fault.Code, isFault: true);
            Show(_view with { Stage = TrainerStage.Faulted });
        }
    }

    private DateTimeOffset Now => services.Clock.GetUtcNow();

    /// <summary>Until something is told, or it is time to try a call again.</summary>
    private async Task WaitAsync(CancellationToken leaving)
    {
        try
        {
            await _events.Reader.WaitToReadAsync(leaving).AsTask().WaitAsync(Tick, services.Clock, leaving);
        }
        catch (TimeoutException)
        {
            // Nothing was told: time has passed.
        }
    }

    /// <summary>Starts an action; what comes of it is told to the protocol by the loop.</summary>
    private void Begin(TrainerAction action, TrainerProtocol protocol, CancellationToken leaving)
    {
        switch (action)
        {
            case AskSegment ask:
                _ = AskAsync(ask, protocol);
                break;
            case CopyState copy:
                _ = CopyAsync(copy, protocol);
                break;
            case ComputeSlots compute:
                var writes = protocol.WritingTerm is not null;
                IReadOnlyList<LentArray> arrays =
                    compute.Exchange.Kind == ExchangeKind.Round
                        ? [.. compute.Slots.Select(_ => protocol.TakeArray())]
                        : [];
                _ = WorkAsync(async () =>
                {
                    var (blocks, used) = await _rounds!.ComputeAsync(compute, arrays, writes, leaving);
                    return () => protocol.Computed(compute.Exchange, compute.Slots, blocks, used);
                });
                break;
            case ApplyRound apply:
                var term = protocol.WritingTerm;
                _ = WorkAsync(async () =>
                {
                    await _rounds!.ApplyAsync(apply, term);
                    return () => protocol.Applied(_rounds.State.Hash);
                });
                break;
            case CloseEpoch close:
                var reportingTerm = protocol.WritingTerm;
                _ = WorkAsync(async () =>
                {
                    await _rounds!.CloseEpochAsync(close, reportingTerm, leaving);
                    return protocol.EpochClosed;
                });
                break;
            case LoadState load:
                _ = WorkAsync(async () =>
                {
                    await _rounds!.LoadAsync(load);
                    return () => protocol.Loaded(_rounds.State.Hash, Now);
                });
                break;
        }
    }

    private async Task WorkAsync(Func<Task<Action>> work)
    {
        try
        {
            var tell = await work();
            Post(tell);
        }
#pragma warning disable CA1031 // Thrown again in the loop, which diagnoses it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    private async Task AskAsync(AskSegment ask, TrainerProtocol protocol)
    {
        try
        {
            var answer = await services
                .Grains.GetGrain<ISegmentGrain>(ask.Call.Key)
                .ContributeAsync(ask.Contribution);
            _rounds!.Story.Exchanged(ask.Contribution, answer);
            _events.Writer.TryWrite(() => protocol.Answered(ask.Call, answer, Now));
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            Post(() => protocol.Unanswered(ask.Call, Now));
        }
#pragma warning disable CA1031 // Thrown again in the loop, which diagnoses it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    private async Task CopyAsync(CopyState copy, TrainerProtocol protocol)
    {
        try
        {
            var answer = await services
                .Grains.GetGrain<ITrainerGrain>(copy.From)
                .FetchStateAsync(new(assignment.RunId, copy.Round, copy.Offset, copy.Length));
            Post(() => protocol.Copied(copy, answer, Now));
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            Post(() => protocol.NotCopied(copy, Now));
        }
#pragma warning disable CA1031 // Thrown again in the loop, which diagnoses it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    private void Post(Action tell) =>
        _events.Writer.TryWrite(() =>
        {
            tell();
            return null;
        });

    private void Fail(Exception exception) =>
        _events.Writer.TryWrite(() =>
        {
            ExceptionDispatchInfo.Throw(exception);
            return null;
        });

    /// <summary>Lets beats and callers see where the protocol stands.</summary>
    private async Task ShowAsync(TrainerProtocol protocol)
    {
        var stage = protocol.Stage;
        var sha256 = _view.StateSha256;
        if (stage is not (TrainerStage.Paused or TrainerStage.Done))
            sha256 = null;
        else if (sha256 is null || stage != _view.Stage || protocol.Round != _view.Position.Round)
        {
            if (stage != TrainerStage.Done)
                _rounds!.Story.GivenUp("stop", isFault: false);
            await _rounds!.FlushAsync();
            sha256 = await _rounds.StateSha256Async();
        }

        Show(
            new(
                stage,
                protocol.Position,
                protocol.StateHash,
                sha256,
                protocol.Lease,
                protocol.IsDisputed,
                protocol.IsRefused,
                protocol.Silent(Now),
                protocol.WaitingFor,
                protocol.Round == assignment.WitnessRound ? protocol.StateHash : _view.WitnessHash
            )
        );
    }

    private void Show(ProtocolView view)
    {
        var changed = view.Stage != _view.Stage || view.IsDisputed != _view.IsDisputed;
        _view = view;
        if (changed)
            _beatNow.Release();
    }

    private async Task BeatAsync(CancellationToken leaving)
    {
        var coordinator = services.Grains.GetGrain<ICoordinatorGrain>(assignment.RunId);
        var stalls = new StallWatch(services.Liveness.Beat, services.Liveness.Stuck);
        while (!leaving.IsCancellationRequested)
        {
            var (began, answered) = (services.Clock.GetTimestamp(), 0L);
            try
            {
                // An answer that is lost with its connection must not keep the next beats back.
                var answer = await coordinator
                    .BeatAsync(Beat(), leaving)
                    .WaitAsync(services.Liveness.Stuck, services.Clock, leaving);
                answered = services.Clock.GetTimestamp();
                _orders = answer;
                if (_protocol is { } protocol)
                    Post(() => protocol.Take(answer, Now));
                if (answer.Directive == Directive.Leave)
                    await _leaving.CancelAsync();
                await _beatNow.WaitAsync(services.Liveness.Beat, leaving);
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (Unreachable.Is(exception))
            {
                // Unanswered beats stop nobody: this trainer computes while its rounds close.
                LogBeatLost(exception, device.Trainer, assignment.RunId);
                answered = services.Clock.GetTimestamp();
                await Task.Delay(services.Liveness.Beat, services.Clock, CancellationToken.None);
            }

            if (
                stalls.Stood(
                    services.Clock.GetElapsedTime(began, answered),
                    services.Clock.GetElapsedTime(answered)
                ) is
                { } stood
            )
                _ = TellAsync(stood);
        }
    }

    /// <summary>Says that this process stood still; nobody waits for it.</summary>
    private async Task TellAsync(TimeSpan stood)
    {
        LogStalled(device.Trainer, assignment.RunId, stood.TotalSeconds);
        try
        {
            await services
                .Grains.GetGrain<IRunGrain>(assignment.RunId)
                .RecordEventAsync(
                    "membership",
                    $"{device.Trainer} did not run for {stood.TotalSeconds:F1} s",
                    new TrainerStalled(device.Trainer, stood.TotalSeconds)
                );
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            LogUntold(exception, device.Trainer, assignment.RunId);
        }
    }

    private Heartbeat Beat()
    {
        var view = _view;
        var rounds = _rounds;
        return new()
        {
            Trainer = device.Trainer,
            Term = view.Lease?.Term ?? 0,
            Stage = view.Stage,
            Round = view.Position.Round,
            Closing = view.Position.Closing,
            StateSha256 = view.StateSha256,
            StateHash = view.StateHash,
            Lease = view.Lease,
            IsDisputed = view.IsDisputed,
            IsRefused = view.IsRefused,
            Silent = view.Silent,
            WaitingFor = view.WaitingFor,
            WitnessHash = view.WitnessHash,
            Fault = view.Stage == TrainerStage.Faulted ? _fault : null,
            FaultIsOfTheRun = _faultIsOfTheRun,
            Incident = view.Stage == TrainerStage.Faulted ? _incident : null,
            Status = Status(view, rounds),
            Progress = rounds?.Progress(),
            Elements = rounds?.Elements ?? 0,
        };
    }

    private TrainerStatus Status(ProtocolView view, TrainerRounds? rounds)
    {
        var times = rounds?.Times.Mean() ?? default;
        var total = times.Total > 0 ? times.Total : double.PositiveInfinity;
        return new(
            device.Trainer,
            device.Name,
            view.Stage,
            view.Lease?.Slots ?? [],
            rounds?.Round ?? 0,
            times.Images / total,
            times.Total,
            times.Data / total,
            (times.Compute + times.Apply) / total,
            times.Exchange / total,
            times.Wait / total
        );
    }

    /// <summary>What a fault means: whether another trainer would meet it too, and what to tell the owner.</summary>
    private (Fault Fault, Incident? Incident, bool OfTheRun) Diagnose(Exception exception) =>
        exception switch
        {
            NonFiniteLossException loss => (
                new(
                    "MM4003",
                    $"loss is not finite at epoch {_rounds!.Progress().Epoch}, round {_rounds.Round}, trainer {device.Trainer}: {loss.Message}",
                    $"mm resume {assignment.RunId} goes on from the last good checkpoint; to get past it start anew with "
                        + "--set optimiser.clip_norm=5 or a lower --lr"
                ),
                _rounds.Diverged(loss),
                true
            ),
            OtherImagesException others => (
                new(
                    "MM2002",
                    $"{device.Trainer}: {others.Message}",
                    "give this machine the images that the run began with; the run goes on without it"
                ),
                null,
                false
            ),
            FaultException fault => (fault.Fault, null, true),
            _ when OutOfMemory.Of(exception) is var (wanted, free) => (
                new(
                    "MM4001",
                    $"{device.Trainer} ran out of memory: {FirstLine(exception.Message)}",
                    "a smaller --batch-size, more slots, or fewer trainers on this machine"
                ),
                new MemoryExhausted(device.Trainer, device.Name, wanted, free),
                false
            ),
            _ => (
                new(
                    "MM9099",
                    $"internal error in {device.Trainer}: {exception.GetType().Name}: {exception.Message}",
                    $"mm logs {assignment.RunId} has the details; please report it"
                ),
                null,
                false
            ),
        };

    // The native library adds its own stack.
    private static string FirstLine(string message) => message.Split('\n')[0].TrimEnd('.');

    [LoggerMessage(LogLevel.Warning, "{Trainer} did not run for {Seconds:F1} s in {Run}")]
    private partial void LogStalled(string trainer, string run, double seconds);

    [LoggerMessage(LogLevel.Debug, "{Trainer} could not tell {Run} that it did not run")]
    private partial void LogUntold(Exception exception, string trainer, string run);

    [LoggerMessage(LogLevel.Error, "{Trainer} cannot go on with {Run}")]
    private partial void LogFault(Exception exception, string trainer, string run);

    [LoggerMessage(LogLevel.Warning, "{Trainer} had no answer to a beat of {Run}; computing on")]
    private partial void LogBeatLost(Exception exception, string trainer, string run);
}
