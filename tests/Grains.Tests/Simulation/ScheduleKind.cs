namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>A kind of schedule: what goes wrong, and in how large a cluster.</summary>
/// <param name="Name">As the bench takes it.</param>
/// <param name="Faults">What goes wrong.</param>
/// <param name="Silos">How many; null: drawn from the seed.</param>
/// <param name="Slots">V; null: drawn from the seed.</param>
/// <param name="Rounds">Of the run; null: drawn from the seed.</param>
/// <param name="Pace">Time that a slot takes every trainer; null: drawn from the seed for each.</param>
internal sealed record ScheduleKind(
    string Name,
    Faults Faults,
    int? Silos = null,
    int? Slots = null,
    int? Rounds = null,
    TimeSpan? Pace = null
)
{
    public static ScheduleKind Calm { get; } = new("calm", new());

    public static ScheduleKind Messages { get; } = new("messages", new(Loss: 0.05, Duplication: 0.1));

    public static ScheduleKind Crashes { get; } = new("crashes", new(Crashes: 3));

    public static ScheduleKind Blackouts { get; } = new("blackouts", new(Blackouts: 2, Crashes: 1, Joins: 1));

    public static ScheduleKind Freezes { get; } = new("freezes", new(Freezes: 4));

    /// <summary>Long enough to see afterwards how fast those are who are left.</summary>
    public static ScheduleKind Standstills { get; } =
        new(
            "standstills",
            new(Standstills: 3),
            Silos: 4,
            Slots: 8,
            Rounds: 260,
            Pace: TimeSpan.FromMilliseconds(100)
        );

    public static ScheduleKind Cuts { get; } = new("cuts", new(Cuts: 3));

    /// <summary>Long enough for every cut to begin and end while the run is under way.</summary>
    public static ScheduleKind CutsBeside { get; } =
        new(
            "cuts-beside",
            new(CutsBeside: 3),
            Silos: 3,
            Slots: 4,
            Rounds: 600,
            Pace: TimeSpan.FromMilliseconds(60)
        );

    public static ScheduleKind FreezesBeside { get; } =
        new(
            "freezes-beside",
            new(FreezesBeside: 4),
            Silos: 3,
            Slots: 4,
            Rounds: 600,
            Pace: TimeSpan.FromMilliseconds(60)
        );

    public static ScheduleKind Membership { get; } = new("membership", new(Joins: 2, Drains: 2));

    public static ScheduleKind Updates { get; } = new("updates", new(Updates: 2));

    public static ScheduleKind TroubledUpdates { get; } =
        new(
            "troubled-updates",
            new(Loss: 0.02, Duplication: 0.05, Crashes: 1, Freezes: 1, Cuts: 1, Joins: 1, Updates: 2)
        );

    public static ScheduleKind TwoCoordinators { get; } =
        new("two-coordinators", new(DoubleActivations: 3, Crashes: 1, StoreOutages: 1));

    public static ScheduleKind FlippedBit { get; } = new("flipped-bit", new(BitFlips: 1), Silos: 4, Slots: 8);

    public static ScheduleKind OneAgainstOne { get; } =
        new("one-against-one", new(BitFlips: 1, IsMajorityRight: false), Silos: 2, Slots: 8);

    public static ScheduleKind Ends { get; } =
        new("ends", new(Crashes: 1, Blackouts: 1, Freezes: 1, StoreOutages: 2, RunMoves: 2, Stops: 1));

    public static ScheduleKind Everything { get; } =
        new(
            "everything",
            new(
                Loss: 0.02,
                Duplication: 0.05,
                Crashes: 2,
                Blackouts: 1,
                Freezes: 2,
                Cuts: 1,
                Joins: 1,
                Drains: 1,
                DoubleActivations: 1,
                StoreOutages: 1,
                RunMoves: 1
            )
        );

    public static IReadOnlyList<ScheduleKind> All { get; } =
    [
        Calm,
        Messages,
        Crashes,
        Blackouts,
        Freezes,
        Standstills,
        Cuts,
        CutsBeside,
        FreezesBeside,
        Membership,
        Updates,
        TroubledUpdates,
        TwoCoordinators,
        FlippedBit,
        OneAgainstOne,
        Ends,
        Everything,
    ];

    /// <summary>Plays the schedule of a seed to its end.</summary>
    public Schedule Play(int seed)
    {
        var schedule = new Schedule(seed, Faults, Silos, Slots, Rounds, Pace);
        schedule.Play();
        return schedule;
    }
}
