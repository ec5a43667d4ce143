using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Trainers;

/// <summary>One trainer in one run, from the assignment until it leaves: its loop, and its heartbeats beside it.</summary>
/// <remarks>Owned by the silo's <see cref="DeviceRegistry"/>, not by the grain.</remarks>
internal sealed partial class TrainingSession(
    TrainerAssignment assignment,
    TrainingDevice device,
    SessionServices services
) : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly Heartbeats _heartbeats = new(assignment, device, services);
    private readonly ILogger _logger = services.Logger;
    private readonly ArenaScope _memory = services.Transport.Begin();
    private volatile TrainerWork? _work;
    private volatile TrainerLoop? _loop;
    private volatile BeatAnswer? _orders;
    private Task _training = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;

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
        _beating = Task.Run(() => _heartbeats.RunAsync(TakeAsync, () => _loop?.Refused(), _leaving.Token));
    }

    /// <summary>Writes the state of the last completed round as a checkpoint.</summary>
    public async Task<CheckpointReport> SaveAsync()
    {
        var view = _heartbeats.View;
        if (view.Stage is not (TrainerStage.Paused or TrainerStage.Done) || _work is not { } work)
            throw new InvalidOperationException(
                $"{device.Trainer} is {view.Stage}: only a paused state can be saved on request."
            );
        return await work.SaveNowAsync(view.Lease?.Term);
    }

    /// <summary>A stretch of a pinned copy of the state.</summary>
    public async Task<StateAnswer> FetchStateAsync(StateRequest request) =>
        _work is { } work
        && _heartbeats.View is { Stage: not TrainerStage.Faulted, StateHash: var hash }
        && hash != 0
            ? await work.State.FetchAsync(request)
            : new(-1, default, 0, null);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _leaving.CancelAsync();
            await Task.WhenAll(_training, _beating);
        }
#pragma warning disable CA1031 // Native memory is freed whatever became of the session.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogBroken(exception, device.Trainer, assignment.RunId);
        }

        try
        {
            if (_work is { } work)
                await work.DisposeAsync();
            _memory.Dispose(); // the device has ended its last piece of work
        }
        finally
        {
            services.Telemetry.RunLeft(RunId);
            _leaving.Dispose();
            _heartbeats.Dispose();
        }
    }

    private async Task TrainAsync(CancellationToken leaving)
    {
        try
        {
            var work = await TrainerWork.PrepareAsync(assignment, device, services, leaving);
            _work = work;
            _heartbeats.Prepared(work);
            var loop = new TrainerLoop(device.Trainer, assignment, work, _memory, services);
            if (_orders is { } orders)
                loop.Take(orders);
            _loop = loop;
            await loop.RunAsync(_heartbeats.Show, leaving);
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
            var fault = new TrainerFaults(RunId, device).Diagnose(exception, _work);
            if (fault.IsOfTheRun && _work is { } work)
                work.Telemetry.GivenUp(fault.Fault.Code, isFault: true, work.Clock);
            _heartbeats.ShowFault(fault);
        }
    }

    private async Task TakeAsync(BeatAnswer answer)
    {
        _orders = answer;
        _loop?.Take(answer);
        if (answer.Directive == Directive.Leave)
            await _leaving.CancelAsync();
    }

    [LoggerMessage(LogLevel.Error, "{Trainer} cannot go on with {Run}")]
    private partial void LogFault(Exception exception, string trainer, string run);

    [LoggerMessage(
        LogLevel.Error,
        "{Trainer}: its session in {Run} ended with an error; its memory is freed"
    )]
    private partial void LogBroken(Exception exception, string trainer, string run);
}
