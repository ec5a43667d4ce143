using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers;

/// <summary>Tells the coordinator twice a second where a trainer is, and at once when that changes; brings the orders back.</summary>
internal sealed partial class Heartbeats(
    TrainerAssignment assignment,
    TrainingDevice device,
    SessionServices services
) : IDisposable
{
    /// <summary>Heartbeats without an answer after which the next comes as soon as a waiting trainer's: a successor may be there at any moment.</summary>
    private const int SoonAgain = 16;

    private const int LogEvery = 100;

    private readonly SemaphoreSlim _now = new(0);
    private readonly ILogger _logger = services.Logger;
    private volatile ProtocolView _view = ProtocolView.Starting;
    private volatile TrainerWork? _work;
    private volatile TrainerFault? _fault;

    /// <summary>Where the trainer is.</summary>
    public ProtocolView View => _view;

    /// <summary>The trainer is prepared.</summary>
    public void Prepared(TrainerWork work) => _work = work;

    /// <summary>Shows where the trainer is.</summary>
    public void Show(ProtocolView view)
    {
        var changed = view.Stage != _view.Stage || view.IsDisputed != _view.IsDisputed;
        _view = view;
        if (changed)
            _now.Release();
    }

    /// <summary>Shows that the trainer cannot go on.</summary>
    public void ShowFault(TrainerFault fault)
    {
        _fault = fault;
        Show(_view with { Stage = TrainerStage.Faulted });
    }

    /// <summary>Beats until it is to leave.</summary>
    /// <param name="take">Is given every answer.</param>
    /// <param name="refused">Called for every heartbeat that fails at once because nothing listens at the coordinator's address.</param>
    /// <param name="leaving">Ends it.</param>
    public async Task RunAsync(Func<BeatAnswer, Task> take, Action refused, CancellationToken leaving)
    {
        var coordinator = services.Grains.GetGrain<ICoordinatorGrain>(assignment.RunId);
        var stalls = new StallWatch(services.Liveness.Beat, services.Liveness.Stuck);
        var (withheld, unanswered) = (0, 0);
        StatePosition? before = null;
        while (!leaving.IsCancellationRequested)
        {
            var (began, answered) = (services.Clock.GetTimestamp(), 0L);
            try
            {
                // An answer that is lost with its connection must not keep the next heartbeats back.
                var answer = await coordinator
                    .BeatAsync(Beat(), leaving)
                    .WaitAsync(services.Liveness.Stuck, services.Clock, leaving);
                if (unanswered > 0)
                    LogAnswered(device.Trainer, assignment.RunId, unanswered);
                (answered, unanswered) = (services.Clock.GetTimestamp(), 0);
                await take(answer);
                withheld = answer is { Directive: Directive.Train, Term: 0 } ? withheld + 1 : 0;
                var isHeldUp = _view.WaitingFor.Length > 0 && _view.Position == before;
                before = _view.Position;
                await _now.WaitAsync(Pause(withheld, isHeldUp, services.Liveness.Beat), leaving);
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A trainer without heartbeats is taken for dead while it computes: whatever one throws, the next is sent.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (Unreachable.Refuses(exception))
                    refused();
                // Unanswered heartbeats stop nobody: this trainer computes while its rounds close.
                if (++unanswered % LogEvery == 1)
                    if (Unreachable.Is(exception))
                        LogBeatLost(exception, device.Trainer, assignment.RunId);
                    else
                        LogBeatFailed(exception, device.Trainer, assignment.RunId);
                answered = services.Clock.GetTimestamp();
                await Task.Delay(
                    Pause(withheld: 0, isHeldUp: unanswered <= SoonAgain, services.Liveness.Beat),
                    services.Clock,
                    CancellationToken.None
                );
            }

            if (
                stalls.Stood(
                    services.Clock.GetElapsedTime(began, answered),
                    services.Clock.GetElapsedTime(answered)
                ) is
                { } stood
            )
                _ = ReportStallAsync(stood);
        }
    }

    /// <summary>
    /// How long until the next heartbeat. A trainer that was told no lease asks sooner: one may be about to be announced. So does one that
    /// waits for others: what it waits for may have gone elsewhere.
    /// </summary>
    /// <param name="withheld">Answers without a lease, one after another.</param>
    /// <param name="isHeldUp">Whether it has waited for others since the last heartbeat.</param>
    /// <param name="heartbeat">Time between two heartbeats.</param>
    internal static TimeSpan Pause(int withheld, bool isHeldUp, TimeSpan heartbeat) =>
        withheld is > 0 and <= 3 ? heartbeat / 10 * (1 << (withheld - 1))
        : isHeldUp ? heartbeat / 4
        : heartbeat;

    public void Dispose() => _now.Dispose();

    /// <summary>Says that this process stood still; nobody waits for it.</summary>
    private async Task ReportStallAsync(TimeSpan stood)
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
#pragma warning disable CA1031 // Nobody waits for it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogStallUnreported(exception, device.Trainer, assignment.RunId, stood.TotalSeconds);
        }
    }

    private Heartbeat Beat()
    {
        var (view, work) = (_view, _work);
        return new()
        {
            Trainer = device.Trainer,
            Term = view.Lease?.Term ?? 0,
            Stage = view.Stage,
            Round = view.Position.Round,
            Closing = view.Position.Closing,
            StateSha256 = view.StateSha256,
            StateHash = view.StateHash,
            Lease = view.Lease is { } lease ? lease with { Fallback = null } : null, // its coordinator knows it
            IsDisputed = view.IsDisputed,
            Conflict = view.Conflict,
            IsRefused = view.IsRefused,
            Silent = view.Silent,
            WaitingFor = view.WaitingFor,
            WitnessHash = view.WitnessHash,
            Fault = view.Stage == TrainerStage.Faulted ? _fault?.Fault : null,
            FaultIsOfTheRun = _fault?.IsOfTheRun ?? false,
            Incident = view.Stage == TrainerStage.Faulted ? _fault?.Incident : null,
            Status = Status(view, work),
            Progress = work is null ? null : Progress(work),
            Elements = work?.Elements ?? 0,
            Computing = work?.Device.Load,
            KnowsHeldTerm = true,
        };
    }

    private TrainerStatus Status(ProtocolView view, TrainerWork? work)
    {
        var (images, mean) = work?.Clock.Mean() ?? default;
        var total = mean.Total > 0 ? mean.Total : double.PositiveInfinity;
        return new(
            device.Trainer,
            device.Name,
            view.Stage,
            view.Lease?.Slots ?? [],
            work?.State.Now.Position.Round ?? 0,
            images / total,
            mean.Total,
            mean.Data / total,
            (mean.Forward + mean.Backward + mean.Apply) / total,
            mean.Exchange / total,
            mean.Wait / total
        );
    }

    private static RunProgress Progress(TrainerWork work)
    {
        var (plan, state) = (work.Plan.Run, work.State.Now);
        var round = state.Position.Round;
        var at = plan.At(Math.Min(round, plan.Rounds - 1));
        return new()
        {
            Epoch = at.Epoch + 1,
            Epochs = work.Specification.TotalEpochs,
            RoundOfEpoch = round == plan.Rounds ? plan.RoundsPerEpoch : at.RoundOfEpoch,
            RoundsPerEpoch = plan.RoundsPerEpoch,
            Round = round,
            Rounds = plan.Rounds,
            Phase = PhaseName.Of(at.Phase),
            Loss = state.Sums.Denominator > 0 ? state.Sums.LossSum / state.Sums.Denominator : double.NaN,
            LearningRate = at.LearningRate,
            GradientNorm = state.GradientNorm,
            Activity = work.Epochs.IsEvaluating ? "evaluating" : "",
        };
    }

    [LoggerMessage(LogLevel.Warning, "{Trainer} was stalled for {Seconds:F1} s in {Run}")]
    private partial void LogStalled(string trainer, string run, double seconds);

    [LoggerMessage(LogLevel.Debug, "{Trainer}: could not report its {Seconds:F1} s stall to run {Run}")]
    private partial void LogStallUnreported(Exception exception, string trainer, string run, double seconds);

    [LoggerMessage(
        LogLevel.Warning,
        "{Trainer} got no answer to a heartbeat of {Run}; training continues, and others are sent"
    )]
    private partial void LogBeatLost(Exception exception, string trainer, string run);

    [LoggerMessage(
        LogLevel.Information,
        "{Trainer}: heartbeats of {Run} are answered again, {Lost} were not"
    )]
    private partial void LogAnswered(string trainer, string run, int lost);

    [LoggerMessage(
        LogLevel.Error,
        "{Trainer}: a heartbeat of {Run} failed; training continues, the next is sent"
    )]
    private partial void LogBeatFailed(Exception exception, string trainer, string run);
}
