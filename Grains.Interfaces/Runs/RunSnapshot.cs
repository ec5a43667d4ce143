using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>Everything a client shows of one run.</summary>
[GenerateSerializer, Immutable, Alias("mm.RunSnapshot")]
public sealed record RunSnapshot
{
    /// <summary>Such as <c>r-7f3k9q</c>.</summary>
    [Id(0)]
    public required string RunId { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)]
    public required RunStatus State { get; init; }

    /// <summary>Its settings.</summary>
    [Id(2)]
    public required RunSettings Settings { get; init; }

    /// <summary>Its specification, canonical JSON.</summary>
    [Id(3)]
    public required string Specification { get; init; }

    /// <summary>The run's folder where the silo runs.</summary>
    [Id(4)]
    public string Folder { get; init; } = "";

    /// <summary>Training images by class, once the data is open.</summary>
    [Id(5)]
    public ImmutableArray<int> ClassCounts { get; init; } = [];

    /// <summary>Names of the classes, once the data is open.</summary>
    [Id(6)]
    public ImmutableArray<string> ClassNames { get; init; } = [];

    /// <summary>Live progress.</summary>
    [Id(7)]
    public RunProgress Progress { get; init; } = new();

    /// <summary>Every epoch so far, in order, also those before a resumption; of a very long run the newest, as many as fit into one answer.</summary>
    /// <remarks><see cref="IRunGrain.WatchAsync"/> tells all of them, page by page.</remarks>
    [Id(8)]
    public ImmutableArray<EpochResult> Epochs { get; init; } = [];

    /// <summary>SHA-256 of the final state; null until the run has finished or stopped.</summary>
    [Id(9)]
    public string? StateSha256 { get; init; }

    /// <summary>Newest checkpoint, such as <c>epoch-0012</c>; null before the first.</summary>
    [Id(10)]
    public string? LastCheckpoint { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    [Id(11)]
    public Fault? Fault { get; init; }

    /// <summary>When it was submitted.</summary>
    [Id(12)]
    public DateTimeOffset Created { get; init; }

    /// <summary>Why it was stopped: <c>request</c> or <c>max_time</c>; empty otherwise.</summary>
    [Id(13)]
    public string StopReason { get; init; } = "";
}
