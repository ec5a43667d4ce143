namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>A kind of schedule: what goes wrong, and in how large a cluster.</summary>
/// <param name="Name">As the bench takes it.</param>
/// <param name="Claim">What holds all the same, as a clause.</param>
/// <param name="Faults">What goes wrong.</param>
/// <param name="Silos">How many; null: drawn from the seed.</param>
/// <param name="Slots">V; null: drawn from the seed.</param>
/// <param name="Rounds">Of the run; null: drawn from the seed.</param>
/// <param name="Pace">Time that a slot takes every trainer; null: drawn from the seed for each.</param>
internal sealed record ScheduleKind(
    string Name,
    string Claim,
    Faults Faults,
    int? Silos = null,
    int? Slots = null,
    int? Rounds = null,
    TimeSpan? Pace = null
)
{
    /// <summary>Every one of so many seeds plays the kind's endurance, too: it takes as long as so many schedules.</summary>
    public const int SeedsAnEndurance = 25;

    /// <summary>Share of the speed without faults that a run has again once they are over.</summary>
    private const double LeastSpeed = 0.9;

    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPauseWithoutStore = TimeSpan.FromSeconds(20);

    /// <summary>Every kind; a new one is played by the tests and the bench.</summary>
    public static IReadOnlyList<ScheduleKind> All { get; } =
    [
        new("calm", "an undisturbed run ends on the trajectory", new()),
        new("messages", "lost, late and doubled messages change nothing", new(Loss: 0.05, Duplication: 0.1)),
        new(
            "damage",
            "a result or a state that is damaged on its way is not used",
            new(Damage: 0.05, Crashes: 2, Joins: 1),
            Silos: 3
        ),
        new("crashes", "crashes cost time only", new(Crashes: 3)),
        new(
            "blackouts",
            "a run that everybody left at once goes on from its checkpoint",
            new(Blackouts: 2, Crashes: 1, Joins: 1)
        ),
        new("freezes", "frozen silos come back without harm", new(Freezes: 4)),
        new(
            "standstills",
            "nobody is kept out for what a coordinator that stood still did not hear",
            new(Standstills: 3),
            Silos: 4,
            Slots: 8,
            Rounds: 60,
            Pace: TimeSpan.FromMilliseconds(500)
        )
        {
            Settling = TimeSpan.FromSeconds(5),
        },
        new(
            "evictions",
            "a coordinator that wakes up after its cluster has declared it dead does no harm",
            new(Evictions: 2),
            Silos: 3,
            Rounds: 60
        ),
        new("cuts", "cuts between silos that both beat come to an end", new(Cuts: 3)),
        new(
            "cuts-beside",
            "a cut beside the coordinator holds rounds up for seconds: segments go at once to where everybody reaches them",
            new(CutsBeside: 2),
            Silos: 3,
            Slots: 4,
            Rounds: 160,
            Pace: TimeSpan.FromMilliseconds(200)
        )
        {
            // Who evaluates complains first; the segments of rounds leave when they are complained of.
            MostPause = TimeSpan.FromSeconds(8),
        },
        new(
            "freezes-beside",
            "a silo that stands still holds rounds up for less than patience: others compute what it owes",
            new(FreezesBeside: 3),
            Silos: 3,
            Slots: 4,
            Rounds: 160,
            Pace: TimeSpan.FromMilliseconds(200)
        )
        {
            MostPause = TimeSpan.FromSeconds(3.5),
        },
        new(
            "deafness",
            "a silo that hears and is not heard, or the reverse, holds nobody up for good",
            new(Deafnesses: 2)
        ),
        new("membership", "silos join and leave without a trace", new(Joins: 2, Drains: 2)),
        new(
            "newcomers",
            "whoever joins a long run gets its state",
            new(Joins: 2),
            Silos: 2,
            Slots: 4,
            Rounds: 60,
            Pace: TimeSpan.FromMilliseconds(400)
        ),
        new("updates", "updates of every silo in turn lose nothing", new(Updates: 2)),
        new(
            "troubled-updates",
            "updates come to an end whatever else goes wrong",
            new(Loss: 0.02, Duplication: 0.05, Crashes: 1, Freezes: 1, Cuts: 1, Joins: 1, Updates: 2)
        ),
        new(
            "two-coordinators",
            "two coordinators at once do no harm",
            new(DoubleActivations: 3, Crashes: 1, StoreOutages: 1)
        ),
        new(
            "store-hangs",
            "a store that hangs while a silo dies holds up nothing but who is to take over",
            new(StoreHangs: 1),
            Silos: 3,
            Slots: 6,
            Rounds: 80,
            Pace: TimeSpan.FromMilliseconds(300)
        ),
        new(
            "hung-device",
            "a device that never comes back loses its slots, and is named",
            new(Hangs: 1),
            Silos: 3,
            Slots: 6
        ),
        new(
            "hung-devices",
            "so it is whatever else goes wrong",
            new(Hangs: 2, Crashes: 1, Joins: 1, Loss: 0.02, StoreOutages: 1),
            Silos: 4,
            Slots: 8
        ),
        new(
            "naps-of-leaders",
            "a silo that leads and stands still holds rounds up for less than its nap: the others go on without it",
            new(Standstills: 3),
            Silos: 3,
            Slots: 4,
            Rounds: 160,
            Pace: TimeSpan.FromMilliseconds(200)
        )
        {
            MostPause = TimeSpan.FromSeconds(5.5),
        },
        new(
            "slow-store",
            "no lease is announced before it is written, if that takes most of a second",
            new(IsStoreSlow: true, Crashes: 2, Joins: 1)
        ),
        new(
            "deaths",
            "a silo that dies holds rounds up for as long as it takes to declare it dead, and a moment",
            new(Deaths: 3),
            Silos: 3,
            Slots: 4,
            Rounds: 160,
            Pace: TimeSpan.FromMilliseconds(200)
        )
        {
            MostPause = TimeSpan.FromSeconds(5),
        },
        new("clock-steps", "a clock that is set by an hour changes nothing", new(Crashes: 1, ClockSteps: 3)),
        new(
            "flipped-bit",
            "a flipped bit never spreads where everybody computes",
            new(BitFlips: 1),
            Silos: 4,
            Slots: 8
        ),
        new(
            "one-against-one",
            "where two disagree the replay says who was wrong",
            new(BitFlips: 1, IsMajorityRight: false),
            Silos: 2,
            Slots: 8
        ),
        new(
            "faulty-device",
            "a device that is wrong again and again ends the run with its name, or leaves it",
            new(BitFlips: 1, IsStubborn: true, IsMajorityRight: false),
            Silos: 2,
            Slots: 8
        ),
        new(
            "breakdowns",
            "trainers that report a fault are replaced, and a fault of the run ends it with that fault",
            new(Breakdowns: 2, Crashes: 1, Joins: 1)
        ),
        new(
            "forgeries",
            "what no trainer sends is refused, and changes nothing",
            new(Forgeries: 6, Loss: 0.02, Crashes: 1)
        ),
        new(
            "ends",
            "a run ends once and holds nobody, whatever becomes of its grain and the store",
            new(Crashes: 1, Blackouts: 1, Freezes: 1, StoreOutages: 2, RunMoves: 2, Stops: 1)
        ),
        new(
            "last-rounds",
            "it does so when everything goes wrong in its last rounds",
            new(EndOutages: 1, EndCrashes: 1, FullDisks: 1, RunMoves: 1)
        ),
        new(
            "owners",
            "whatever its owner asks for, and whoever refuses it, is answered, and the run ends as it was asked to",
            new(Wishes: 3, Refusals: 2, RunMoves: 2, FullDisks: 1, Blackouts: 1)
        ),
        new(
            "everything",
            "everything at once",
            new(
                Loss: 0.02,
                Duplication: 0.05,
                Crashes: 2,
                Blackouts: 1,
                Freezes: 2,
                Evictions: 1,
                Cuts: 1,
                Deafnesses: 1,
                Joins: 1,
                Drains: 1,
                DoubleActivations: 1,
                StoreOutages: 1,
                EndOutages: 1,
                FullDisks: 1,
                Hangs: 1,
                RunMoves: 1
            )
        ),
    ];

    /// <summary>How long after the last fault speed must be back.</summary>
    public TimeSpan Settling { get; init; } = Settles;

    /// <summary>Longest time between two rounds; null where it depends on what is drawn.</summary>
    public TimeSpan? MostPause { get; init; }

    /// <summary>Whether it is played for the speed that is left once the faults are over.</summary>
    public bool IsEndurance { get; private init; }

    public static ScheduleKind Of(string name) => All.Single(kind => kind.Name == name);

    public override string ToString() => Name;

    /// <summary>Plays the schedule of a seed to its end, and judges it, beside the same seed without its faults where that says more.</summary>
    public Schedule Play(int seed, bool isLogged = false)
    {
        var schedule = Played(seed, isLogged);
        if (Faults.ClockSteps > 0)
            RequireTheSame(schedule, (this with { Faults = Faults with { ClockSteps = 0 } }).Played(seed));
        if (
            Faults == new Faults(StoreHangs: Faults.StoreHangs)
            && schedule.WasAlwaysLed
            && schedule.LongestPause.Length > LongestPauseWithoutStore
        )
            schedule.Violate(
                $"no round for {schedule.LongestPause.Length.TotalSeconds:F1} s, though somebody led while the store hung"
            );
        if (schedule.LongestPause is var (pause, round) && pause > MostPause)
            schedule.Violate(
                $"no round for {pause.TotalSeconds:F1} s after round {round}, at {(schedule.AppliedAt[round] - DateTimeOffset.UnixEpoch).TotalSeconds:F1} s; {MostPause} at most"
            );
        return schedule;
    }

    /// <summary>Plays a long run of this kind, and judges how fast it is once the faults are over.</summary>
    public Schedule Endure(int seed, bool isLogged = false)
    {
        var kind = this with
        {
            Silos = 4,
            Slots = 8,
            Rounds = 900,
            Pace = TimeSpan.FromMilliseconds(500),
            // A run that is stopped leaves nothing to compare.
            Faults = Faults with
            {
                Stops = 0,
                Breakdowns = 0,
                Wishes = 0,
            },
            IsEndurance = true,
        };
        var schedule = kind.Played(seed, isLogged);
        if (schedule.Violations.Count > 0 || schedule.RoundsASecond is not { } after)
            return schedule;
        var calm = (kind with { Faults = new() }).Played(seed);
        // Trainers that went for good make it slower; how much faster those that came make it is not judged.
        var usual =
            calm.RoundsASecond!.Value * Math.Min(1, (double)calm.LargestShare / schedule.LargestShare);
        schedule.ShareOfUsualSpeed = after / usual;
        if (after < LeastSpeed * usual)
            schedule.Violate(
                $"{after:F2} rounds a second {Settling.TotalSeconds} s after the faults, {usual:F2} without them"
            );
        return schedule;
    }

    private Schedule Played(int seed, bool isLogged = false)
    {
        var schedule = new Schedule(seed, this, isLogged);
        schedule.Play();
        return schedule;
    }

    private static void RequireTheSame(Schedule schedule, Schedule other)
    {
        if (schedule.Length != other.Length || !schedule.AppliedAt.SequenceEqual(other.AppliedAt))
            schedule.Violate("a clock that was set has changed what happened");
    }
}
