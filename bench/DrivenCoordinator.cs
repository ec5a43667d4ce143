using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Bench;

/// <summary>A coordinator's grain without Orleans: the same machines, told and asked in the same order, and a store that has always written.</summary>
/// <param name="trainers">Whom it leads.</param>
internal sealed class DrivenCoordinator(SimulatedTrainers trainers)
{
    private const int MostSlots = 1024; // what a submission may ask for
    private const long Rounds = 1_000_000;
    private static readonly TrainingTelemetry Telemetry = new(TimeProvider.System, new());

    private readonly LivenessOptions _liveness = new();
    private readonly TrainerHomes _homes = new(trainers);
    private readonly MembershipEvents _story = new("r-led", Telemetry);
    private DateTimeOffset _lookedAt = trainers.Now;
    private DateTimeOffset _toldAt = DateTimeOffset.MinValue;
    private readonly RunCoordination _run = new(
        "r-led",
        new([.. trainers.Names], Math.Max(MostSlots, trainers.Count), 1, Rounds),
        new(),
        knownTerm: 0,
        isSuccessor: false,
        identity: 1,
        trainers.Now,
        home: "s0001"
    );

    public long Term => _run.Term;

    public int Members => _run.Members.Count();

    /// <summary>Trainers that have left.</summary>
    public int Left { get; private set; }

    /// <summary>Everybody is there, and has its lease.</summary>
    public void Begin()
    {
        for (var told = 0; told < 2; told++)
        {
            var all = trainers.All();
            foreach (var heartbeat in all)
                _run.Beat(heartbeat, trainers.Now);
            Review();
            foreach (var heartbeat in all)
                trainers.Answered(heartbeat, _run.Answer(heartbeat.Trainer));
        }
    }

    public BeatAnswer Beat(Heartbeat heartbeat)
    {
        _run.Beat(heartbeat, trainers.Now);
        _homes.Note(heartbeat.Trainer);
        if (_run.IsReviewDue(trainers.Now))
            Review();
        return _run.Answer(heartbeat.Trainer);
    }

    /// <summary>The timer.</summary>
    public void Look(DateTimeOffset now)
    {
        if (now - _lookedAt < _liveness.Beat)
            return;
        _lookedAt = now;
        Review();
    }

    private void Review()
    {
        _run.Attend(trainers.Now);
        foreach (var silo in _homes.Lost)
            _run.Lose(silo);
        var decision = _run.Review(trainers.Now);
        Left += decision.Departures.Count;
        var news = _story.Reviewed(
            _run.Members,
            decision,
            _homes.IsDead,
            trainer => _run.Answer(trainer).Lease?.Slots ?? [],
            trainers.Now
        );
        if (decision.LeasesChanged)
            _ = string.Join("; ", _run.Members.Select(member => Describe(member.Trainer)));
        if (news.Count == 0 && trainers.Now - _toldAt < _run.BetweenTellings)
            return;
        _toldAt = trainers.Now;
        _ = RunProgressSummary.Run(_run.Members);
    }

    private string Describe(string trainer)
    {
        var slots = _run.Answer(trainer).Lease?.Slots ?? [];
        return $"{trainer} {(slots.IsEmpty ? "spare" : string.Join(',', slots))}";
    }
}
