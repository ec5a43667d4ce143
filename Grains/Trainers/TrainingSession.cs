using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Learning;
using MMOrleans.Learning.Training;

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
    private readonly StandingOrders _orders = new();
    private readonly SemaphoreSlim _beatNow = new(0);
    private readonly ILogger _logger = services.Logger;
    private TrainerRounds? _rounds;
    private Task _training = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;
    private volatile TrainerStage _stage = TrainerStage.Starting;
    private string? _stateSha256;
    private RunFault? _fault;
    private bool _faultIsOfTheRun;

    /// <summary>The run.</summary>
    public string RunId => assignment.RunId;

    /// <summary>Whether it has let go of the run.</summary>
    public bool Ended => _training.IsCompleted && _beating.IsCompleted;

    /// <summary>Begins; returns at once.</summary>
    public void Start()
    {
        _training = Task.Run(() => TrainAsync(_leaving.Token));
        _beating = Task.Run(() => BeatAsync(_leaving.Token));
    }

    /// <summary>Writes the state of the last completed round as a checkpoint.</summary>
    public async Task<CheckpointReport> SaveAsync(CancellationToken cancellationToken)
    {
        if (_stage is not (TrainerStage.Paused or TrainerStage.Done) || _rounds is null)
            throw new InvalidOperationException(
                $"{device.Trainer} is {_stage}: only a paused state can be saved on request."
            );
        return await _rounds.SaveNowAsync(cancellationToken);
    }

    /// <summary>A stretch of a pinned copy of the state.</summary>
    public async Task<StateAnswer> FetchStateAsync(StateRequest request) =>
        _rounds is null ? new(-1, default, 0, null) : await _rounds.FetchStateAsync(request);

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await Task.WhenAll(_training, _beating);
        if (_rounds is not null)
            await _rounds.DisposeAsync();
        _leaving.Dispose();
        _beatNow.Dispose();
    }

    private async Task TrainAsync(CancellationToken leaving)
    {
        try
        {
            _rounds = await TrainerRounds.PrepareAsync(assignment, device, services, _orders, leaving);
            Enter(TrainerStage.Training);
            while (!leaving.IsCancellationRequested)
            {
                var (orders, changed) = _orders.Read();
                if (orders.Directive == Directive.Leave)
                    break;
                if (orders.Directive == Directive.Pause)
                    await HoldAsync(TrainerStage.Paused, changed, leaving);
                else if (orders.Lease is null)
                    await changed.WaitAsync(leaving);
                else if (_rounds.AtEnd)
                {
                    await _rounds.FlushAsync();
                    await HoldAsync(TrainerStage.Done, changed, leaving);
                }
                else
                {
                    Enter(TrainerStage.Training);
                    await _rounds.AdvanceAsync(leaving);
                }
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
            (_fault, _faultIsOfTheRun) = Diagnose(exception);
            Enter(TrainerStage.Faulted);
        }
    }

    /// <summary>Keeps the state until orders change, and tells its hash.</summary>
    private async Task HoldAsync(TrainerStage stage, Task changed, CancellationToken leaving)
    {
        if (_stage != stage)
        {
            _stateSha256 = await _rounds!.StateSha256Async();
            Enter(stage);
        }

        await changed.WaitAsync(leaving);
    }

    private void Enter(TrainerStage stage)
    {
        if (_stage == stage)
            return;
        _stage = stage;
        _beatNow.Release();
    }

    private async Task BeatAsync(CancellationToken leaving)
    {
        var coordinator = services.Grains.GetGrain<ICoordinatorGrain>(assignment.RunId);
        while (!leaving.IsCancellationRequested)
        {
            try
            {
                var answer = await coordinator.BeatAsync(Beat(), leaving).WaitAsync(leaving);
                _orders.Note(answer);
                if (answer.Directive == Directive.Leave)
                    await _leaving.CancelAsync();
                await _beatNow.WaitAsync(services.Liveness.Beat, leaving);
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                // Unanswered beats stop nobody: this trainer computes while its rounds close.
                LogBeatLost(exception, device.Trainer, assignment.RunId);
            }
        }
    }

    private Heartbeat Beat()
    {
        var stage = _stage;
        var rounds = _rounds;
        return new()
        {
            Trainer = device.Trainer,
            Term = _orders.Read().Orders.Lease?.Term ?? 0,
            Stage = stage,
            Round = rounds?.Round ?? 0,
            StateSha256 = stage is TrainerStage.Paused or TrainerStage.Done ? _stateSha256 : null,
            WaitingFor = rounds?.WaitingFor ?? "",
            Fault = stage == TrainerStage.Faulted ? _fault : null,
            FaultIsOfTheRun = _faultIsOfTheRun,
            Status = Status(stage, rounds),
            Progress = rounds?.Progress(),
            Elements = rounds?.Elements ?? 0,
        };
    }

    private TrainerStatus Status(TrainerStage stage, TrainerRounds? rounds)
    {
        var times = rounds?.Times.Mean() ?? default;
        var total = times.Total > 0 ? times.Total : double.PositiveInfinity;
        var slots = _orders.Read().Orders.Lease?.Slots ?? [];
        return new(
            device.Trainer,
            device.Name,
            stage switch
            {
                TrainerStage.Starting => "starting",
                TrainerStage.Training => "ok",
                TrainerStage.Paused => "paused",
                TrainerStage.Done => "done",
                _ => "lost",
            },
            string.Join(',', slots),
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
    private (RunFault Fault, bool OfTheRun) Diagnose(Exception exception) =>
        exception switch
        {
            NonFiniteLossException loss => (
                new(
                    "MM4003",
                    $"loss is not finite at epoch {_rounds!.Progress().Epoch}, round {_rounds.Round}, trainer {device.Trainer}: {loss.Message}",
                    $"mm resume {assignment.RunId} goes on from the last good checkpoint; to get past it start anew with "
                        + "--set optimiser.clip_norm=5 or a lower --lr"
                ),
                true
            ),
            ReplicasDifferException differ => (
                new(
                    "MM4004",
                    $"replicas differ at round {_rounds!.Round}: {differ.Message}",
                    $"mm resume {assignment.RunId} goes on from the newest intact checkpoint"
                ),
                true
            ),
            LearningFault fault => (new(fault.Code, fault.Message, fault.Fix), true),
            OutOfMemoryException => (
                new(
                    "MM4001",
                    $"{device.Trainer} ran out of memory: {exception.Message}",
                    "a smaller --batch-size, or fewer trainers on this machine"
                ),
                false
            ),
            _ => (
                new(
                    "MM9099",
                    $"internal error in {device.Trainer}: {exception.GetType().Name}: {exception.Message}",
                    $"mm logs {assignment.RunId} has the details; please report it"
                ),
                false
            ),
        };

    [LoggerMessage(LogLevel.Error, "{Trainer} cannot go on with {Run}")]
    private partial void LogFault(Exception exception, string trainer, string run);

    [LoggerMessage(LogLevel.Warning, "{Trainer} had no answer to a beat of {Run}; computing on")]
    private partial void LogBeatLost(Exception exception, string trainer, string run);
}
