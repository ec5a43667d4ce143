using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>What a trainer tells the coordinator twice a second.</summary>
[GenerateSerializer, Immutable, Alias("mm.Heartbeat")]
public sealed record Heartbeat
{
    /// <summary>Who.</summary>
    [Id(0)]
    public required string Trainer { get; init; }

    /// <summary>Term of the newest lease it knows; 0 for none.</summary>
    [Id(1)]
    public required long Term { get; init; }

    /// <summary>Where it is.</summary>
    [Id(2)]
    public required TrainerStage Stage { get; init; }

    /// <summary>Completed rounds.</summary>
    [Id(3)]
    public required long Round { get; init; }

    /// <summary>Hash of its state; only when paused or done.</summary>
    [Id(4)]
    public string? StateSha256 { get; init; }

    /// <summary>What it waits for, such as <c>segment 3 at silo-1, 4 s</c>; empty when it does not.</summary>
    [Id(5)]
    public string WaitingFor { get; init; } = "";

    /// <summary>Why it is <see cref="TrainerStage.Faulted"/>.</summary>
    [Id(6)]
    public Fault? Fault { get; init; }

    /// <summary>A fault that any trainer would meet, so that giving its slots to others is useless.</summary>
    [Id(7)]
    public bool FaultIsOfTheRun { get; init; }

    /// <summary>For displays.</summary>
    [Id(8)]
    public TrainerStatus? Status { get; init; }

    /// <summary>For displays.</summary>
    [Id(9)]
    public RunProgress? Progress { get; init; }

    /// <summary>Numbers in a contribution, once it is prepared; decides the segments.</summary>
    [Id(10)]
    public int Elements { get; init; }

    /// <summary>The newest lease it knows; a coordinator that has lost its memory learns the leases from it.</summary>
    [Id(11)]
    public Lease? Lease { get; init; }

    /// <summary>128-bit hash of the state after <see cref="Round"/> rounds; 0 without a state.</summary>
    [Id(12)]
    public UInt128 StateHash { get; init; }

    /// <summary>Whether a segment said that the contributors to the open round started it from different states.</summary>
    [Id(13)]
    public bool IsDisputed { get; init; }

    /// <summary>Grains that owe it an answer.</summary>
    [Id(14)]
    public ImmutableArray<SilentGrain> Silent { get; init; } = [];

    /// <summary>Whether the end of an epoch, after its last round, is before it.</summary>
    [Id(15)]
    public bool Closing { get; init; }

    /// <summary>Whether the segments no longer have the results that it needs to go on.</summary>
    [Id(16)]
    public bool IsRefused { get; init; }

    /// <summary>Hash of the state that it had after the assignment's witness round; 0 before it, and of a trainer that was not there.</summary>
    [Id(17)]
    public UInt128 WitnessHash { get; init; }

    /// <summary>The same as <see cref="Fault"/>, for programs; null for none.</summary>
    [Id(18)]
    public Incident? Incident { get; init; }

    /// <summary>What its device is at; null when it is at nothing.</summary>
    [Id(19)]
    public DeviceLoad? Computing { get; init; }

    /// <summary>What a segment was given twice with different bytes, and from whom, as a clause; empty when nothing was.</summary>
    [Id(20)]
    public string Conflict { get; init; } = "";

    /// <summary>Whether it understands <see cref="BeatAnswer.HeldTerm"/>; an older build does not say so, and is sent the lease each time.</summary>
    [Id(21)]
    public bool KnowsHeldTerm { get; init; }
}
