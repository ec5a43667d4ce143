using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>An activation of the coordinator's grain in a schedule: the machines that it obeys, and the record that it keeps.</summary>
/// <param name="silo">Where it is.</param>
/// <param name="life">Of that silo.</param>
/// <param name="coordination">Of the run that it leads.</param>
/// <param name="start">What it was started with.</param>
/// <param name="term">The newest term that was announced.</param>
/// <param name="version">The record's version that it knows, as a store's ETag.</param>
/// <param name="clock">Time.</param>
internal sealed class Leadership(
    SimulatedSilo silo,
    int life,
    RunCoordination coordination,
    CoordinatorStart start,
    long term,
    int version,
    TimeProvider clock
)
{
    private static readonly TrainingTelemetry Telemetry = new(TimeProvider.System, new());

    public string Silo => silo.Name;

    /// <summary>Whether its process lives.</summary>
    public bool IsUp => silo.IsUp && silo.Life == life;

    /// <summary>Whether the directory names it: its process lives, and its cluster knows.</summary>
    public bool IsThere => IsUp && !silo.IsEvicted;

    /// <summary>Whether its process stands still.</summary>
    public bool IsFrozen => silo.IsFrozen;

    /// <summary>Whether the run's grain has told it to stop.</summary>
    public bool IsToldToStop { get; private set; }

    /// <summary>Whether it has asked for a restart and waits for the answer.</summary>
    public bool Asks { get; set; }

    public RunCoordination Coordination { get; private set; } = coordination;

    /// <summary>The run that is led, as the record has it; null once its end is recorded.</summary>
    public CoordinatorStart? Start { get; set; } = start;

    /// <summary>The newest term, as the record has it.</summary>
    public long Term { get; set; } = term;

    public int Version { get; set; } = version;

    /// <summary>What it leaves to its successor.</summary>
    public RecordWriter Record { get; set; } = null!;

    /// <summary>Segments that the leases no longer name, once they are announced.</summary>
    public HashSet<string> Retired { get; } = [];

    /// <summary>When a step that failed is tried again.</summary>
    public RetryPause Retry { get; } = new(clock);

    /// <summary>What the run is told of its trainers.</summary>
    public MembershipEvents Story { get; private set; } = new("r-simulated", Telemetry);

    /// <summary>The run's end, a rest or a restart, as it is carried out beside the heartbeats.</summary>
    public Task Step { get; set; } = Task.CompletedTask;

    /// <summary>Why the last state is not on disk; null when it is, or was not asked for.</summary>
    public string? Unsaved { get; set; }

    /// <summary>The run is to stop.</summary>
    public void Stop(bool now)
    {
        IsToldToStop = true;
        Coordination.Stop(now);
    }

    /// <summary>Leads an attempt from now on.</summary>
    public void Lead(CoordinatorStart attempt, RunCoordination coordination)
    {
        (Start, Coordination, IsToldToStop) = (attempt, coordination, false);
        Story = new("r-simulated", Telemetry);
    }
}
