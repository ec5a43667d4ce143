using MMOrleans.Configuration.Sources;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Keys;

/// <summary>A configuration with nothing left open.</summary>
internal sealed record ResolvedRun
{
    /// <summary>What determines the numbers.</summary>
    public required RunSpecification Specification { get; init; }

    /// <summary>How the run is carried out; holds the YAML that reads back to this.</summary>
    public required RunSettings Settings { get; init; }

    /// <summary>Base values that were used.</summary>
    public required string Preset { get; init; }

    /// <summary>Folder of all runs.</summary>
    public required string OutputFolder { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Address of a cluster; null for this process.</summary>
    public string? Cluster { get; init; }

    /// <summary>Trainers asked for; null for auto.</summary>
    public int? Trainers { get; init; }

    /// <summary>Where telemetry goes; null for nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Port of <c>/metrics</c> on loopback; null for none.</summary>
    public int? PrometheusPort { get; init; }

    /// <summary><c>auto</c> or <c>never</c>.</summary>
    public required string Resume { get; init; }

    /// <summary>The keys that <c>run.yaml</c> holds, in its order.</summary>
    public required IReadOnlyList<KeyOrigin> Written { get; init; }

    /// <summary>Every key with its value and where that came from, in the order of the file.</summary>
    public required IReadOnlyList<KeyOrigin> Origins { get; init; }
}

/// <param name="Key">Such as <c>train.epochs</c>.</param>
/// <param name="Value">As it would be typed.</param>
/// <param name="Origin">Such as <c>run.yaml:3:5</c>, <c>--epochs</c>, <c>preset tiny</c>, <c>built in</c>.</param>
internal sealed record KeyOrigin(string Key, string Value, string Origin);
