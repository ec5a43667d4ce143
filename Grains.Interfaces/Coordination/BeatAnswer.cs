namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>What a trainer is to do.</summary>
public enum Directive
{
    /// <summary>Train under the lease.</summary>
    Train = 0,

    /// <summary>Abandon the open round, keep the last completed state.</summary>
    Pause = 1,

    /// <summary>Let go of the run.</summary>
    Leave = 2,
}

/// <summary>The coordinator's answer to a beat.</summary>
/// <param name="Directive">What to do.</param>
/// <param name="Lease">The lease in force for this trainer; null before the first.</param>
[GenerateSerializer, Immutable, Alias("mm.BeatAnswer")]
public sealed record BeatAnswer([property: Id(0)] Directive Directive, [property: Id(1)] Lease? Lease);
