using System.Collections.Immutable;
using MMOrleans.Grains.Runs;

namespace MMOrleans.Bench.Soak;

/// <summary>What a silo holds at a quiet moment: no run is live.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Runs">Runs that have ended.</param>
/// <param name="Resident">Bytes of its process in memory, after a collection.</param>
/// <param name="Live">Bytes of live objects on the runtime's heap.</param>
/// <param name="Files">Open files and sockets, without those of code.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Grains">Activations by the name of the grain's class.</param>
internal sealed record SiloReading(
    string Silo,
    int Runs,
    long Resident,
    long Live,
    int Files,
    int Threads,
    ImmutableSortedDictionary<string, int> Grains
)
{
    /// <summary>Activations of runs, which are kept for a while after the end.</summary>
    public int RunGrains => Grains.GetValueOrDefault(nameof(RunGrain));

    /// <summary>All other activations.</summary>
    public int OtherGrains => Grains.Values.Sum() - RunGrains;
}
