using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Timing;
using Orleans.Storage;

namespace MMOrleans.Grains.Coordination;

/// <inheritdoc cref="ICoordinatorGrain"/>
/// <remarks>
/// Beats are answered whatever else is out of order: what others are told (events, progress, closed segments) is told beside them, and
/// the record is written beside them. No turn that a heartbeat waits for awaits anything.
/// </remarks>
internal sealed partial class CoordinatorGrain(
    [PersistentState("term")] IPersistentState<CoordinatorRecord> record,
    IOptions<LivenessOptions> liveness,
    IClusterMembershipService membership,
    ILocalSiloDetails here,
    TimeProvider clock,
    TrainingTelemetry telemetry,
    ILogger<CoordinatorGrain> logger
) : Grain, ICoordinatorGrain
{
    private const int MostRefusals = 5;

    private readonly MonotonicClock _time = new(clock);
    private readonly Queue<MembershipNews> _news = [];
    private int _refusals; // of the first of them
    private readonly HashSet<string> _retired = []; // segments that the lease in force does not name, once it is announced
    private readonly TrainerHomes _homes = new(membership);
    private readonly Dictionary<string, string> _draining = []; // address of the life that is to go, by silo
    private RunCoordination? _run;
    private RecordWriter? _record;
    private MembershipEvents? _story;
    private IGrainTimer? _timer;
    private Task _ending = Task.CompletedTask;
    private Task _restarting = Task.CompletedTask;
    private Task _telling = Task.CompletedTask;
    private DateTimeOffset _toldAt = DateTimeOffset.MinValue;
    private InconsistentStateException? _deposed;

    private string Run => this.GetPrimaryKeyString();
    private RecordWriter Record => _record ??= new(record.WriteStateAsync, NoteUnwritten, clock);
    private IRunGrain Owner => GrainFactory.GetGrain<IRunGrain>(Run);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The one before died with its silo, or lost this grain: the run goes on, and its trainers say how far it is.
        if (record.State.Start is { } start)
            Lead(start, isSuccessor: true);
        return Task.CompletedTask;
    }

    public async Task StartAsync(CoordinatorStart start, CancellationToken cancellationToken)
    {
        if (_run is not null && record.State.Start is { } led && led.Attempt == start.Attempt)
            return;
        _retired.UnionWith(_run?.Segments ?? []);
        CloseRetired();
        record.State.Start = start;
        Lead(start, isSuccessor: false);
        await WriteAsync();
    }

    public Task<BeatAnswer> BeatAsync(Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        if (_run is { } run)
        {
            run.Beat(heartbeat, _time.Now);
            _homes.Note(heartbeat.Trainer);
            if (run.IsReviewDue(_time.Now))
                Review(run); // silence is noticed by the timer
        }

        if (_deposed is not null)
            return Task.FromException<BeatAnswer>(_deposed); // the next heartbeat goes to the other one
        if (_run is null)
            return Task.FromResult(new BeatAnswer(Directive.Leave, null));
        var answer = _run.Answer(heartbeat.Trainer);
        // Without a lease a trainer goes on with the one that it has, and asks again soon.
        return Task.FromResult(Record.MayAnnounce ? answer.To(heartbeat) : answer with { Lease = null });
    }

    public Task StopAsync(bool now, CancellationToken cancellationToken)
    {
        // Only noted: the run grain waits for this call, and a review may have to call the run grain.
        _run?.Stop(now);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<string>> DrainAsync(
        string silo,
        string address,
        CancellationToken cancellationToken
    )
    {
        _run?.Drain(silo);
        _draining[silo] = address;
        return Task.FromResult<ImmutableArray<string>>([.. _run?.MembersOf(silo) ?? []]);
    }

    public Task<bool> IsLeadingAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_run is not null);

    private void Lead(CoordinatorStart start, bool isSuccessor)
    {
        _timer?.Dispose();
        _story = new(Run, telemetry);
        _run = new(
            Run,
            start,
            liveness.Value,
            record.State.Term,
            isSuccessor,
            GrainContext.ActivationId.GetHashCode(),
            _time.Now,
            here.Name
        );
        _timer = this.RegisterGrainTimer(
            ReviewAsync,
            new GrainTimerCreationOptions(liveness.Value.Beat, liveness.Value.Beat) { KeepAlive = true }
        );
    }

    private Task ReviewAsync(CancellationToken cancellationToken)
    {
        if (_run is { } run)
            Review(run);
        return Task.CompletedTask;
    }

    private void Review(RunCoordination run)
    {
        run.Attend(_time.Now);
        Record.Look();
        if (_deposed is not null || !_ending.IsCompleted || !_restarting.IsCompleted)
            return;
        foreach (var silo in _homes.Lost)
            run.Lose(silo);
        if (_draining.Count > 0)
            WelcomeThoseWhoAreBack(run);
        var before = run.Segments;
        var decision = run.Review(_time.Now);
        var news = _story!.Reviewed(run.Members, decision, _homes.IsDead, Leased, _time.Now);
        foreach (var departure in decision.Departures)
            LogDeparture(Run, run.Term, departure.Trainer, departure.Reason);
        if (decision.Departures.Any(departure => departure.Cause == DepartureCause.Drained))
            ExpectThoseWhoStay(run);
        foreach (var happened in news)
            _news.Enqueue(_homes.Complete(happened));

        if (decision.LeasesChanged)
        {
            record.State.Term = run.Term;
            LogLeases(Run, run.Term, string.Join("; ", run.Members.Select(m => Describe(m.Trainer))));
            Record.Change(); // before any heartbeat announces it
        }

        if (_deposed is not null)
            return;

        _retired.UnionWith(before.Except(run.Segments));
        if (Record.MayAnnounce)
            CloseRetired();
        if (decision is not { End: null, Restart: null, Rest: null } && !_retry.IsOver)
            return; // it failed a moment ago
        if (decision.End is { } end)
            _ending = EndAsync(run, end);
        else if (decision.Restart is { } restart)
            _restarting = RestartAsync(restart);
        else if (decision.Rest is { } saver)
            _restarting = RestAsync(run, saver);
        else if (_telling.IsCompleted && (_news.Count > 0 || _time.Now - _toldAt >= run.BetweenTellings))
        {
            _toldAt = _time.Now;
            _telling = TellAsync(RunProgressSummary.Run(run.Members));
        }
    }

    /// <summary>Another process than the one that was to go has its name.</summary>
    private void WelcomeThoseWhoAreBack(RunCoordination run)
    {
        foreach (var member in membership.CurrentSnapshot.Members.Values)
            if (
                member.Status is SiloStatus.Active
                && _draining.TryGetValue(member.Name, out var left)
                && left != member.SiloAddress.ToParsableString()
            )
            {
                run.Welcome(member.Name);
                _draining.Remove(member.Name);
            }
    }

    private ImmutableArray<SlotRange> Leased(string trainer) => _run!.Answer(trainer).Lease?.Slots ?? [];

    /// <summary>The next coordinator must not take a trainer that has handed over for lost.</summary>
    private void ExpectThoseWhoStay(RunCoordination run)
    {
        ImmutableArray<string> stay = [.. run.Members.Select(m => m.Trainer)];
        if (stay.IsEmpty || record.State.Start is not { } start)
            return; // somebody has to be expected
        record.State.Start = start with { Trainers = stay };
        Record.Change();
    }

    /// <summary>Until the lease that names others is announced, trainers exchange their rounds at these.</summary>
    private void CloseRetired()
    {
        foreach (var segment in _retired)
            Forget(GrainFactory.GetGrain<ISegmentGrain>(segment).CloseAsync());
        _retired.Clear();
    }

    /// <summary>Tells the run what happened and how far it is; what cannot be told now is told with the next review.</summary>
    private async Task TellAsync(RunProgress progress)
    {
        try
        {
            await TellNewsAsync();
            await Owner.NoteProgressAsync(progress);
        }
#pragma warning disable CA1031 // Whatever it throws: the next review tells it again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogUntold(exception, Run);
        }
    }

    /// <summary>In order; a piece of news that is refused again and again is dropped, since others wait behind it.</summary>
    private async Task TellNewsAsync()
    {
        while (_news.TryPeek(out var happened))
        {
            try
            {
                await TellAsync(happened);
            }
            catch (Exception exception)
                when (!Placement.Unreachable.Is(exception) && ++_refusals >= MostRefusals)
            {
                LogDropped(exception, Run, happened.Message);
            }

            _refusals = 0;
            _news.Dequeue();
        }
    }

    private async Task TellAsync(MembershipNews happened) =>
        await Owner.RecordEventAsync("membership", happened.Message, await happened.IncidentAsync());

    /// <summary>Writes the record where no heartbeat waits for it.</summary>
    /// <exception cref="InconsistentStateException">Another activation leads.</exception>
    private async Task WriteAsync()
    {
        await Record.ChangeAsync();
        if (_deposed is not null)
            throw _deposed;
    }

    /// <summary>With the store away a term is announced all the same and written later: terms order leases, they gate nothing.</summary>
    private void NoteUnwritten(Exception exception)
    {
        if (exception is not InconsistentStateException deposed)
        {
            LogUnwritten(exception, Run, record.State.Term);
            return;
        }

        LogDeposed(Run);
        (_run, _deposed) = (null, deposed);
        _timer?.Dispose();
        DeactivateOnIdle();
    }

    /// <summary>For calls whose failure changes nothing: the one called is gone, or will hear it from its heartbeats.</summary>
    private void Forget(Task call) => _ = TryAsync(call);

    private async Task TryAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception exception) when (Placement.Unreachable.Is(exception))
        {
            LogUnheard(exception, Run);
        }
#pragma warning disable CA1031 // Nobody waits for it, and what comes after it must not fail with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogRefused(exception, Run);
        }
    }

    private string Describe(string trainer)
    {
        var slots = _run!.Answer(trainer).Lease?.Slots ?? [];
        return $"{trainer} {(slots.IsEmpty ? "spare" : string.Join(',', slots))}";
    }
}
