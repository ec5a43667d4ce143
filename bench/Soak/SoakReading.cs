using System.Collections.Immutable;

namespace MMOrleans.Bench.Soak;

/// <summary>What the cluster holds at a quiet moment.</summary>
/// <param name="Runs">Runs that have ended.</param>
/// <param name="RunsOfTenMinutes">Of them within the last ten minutes, for which run grains are kept.</param>
/// <param name="Silos">Each silo.</param>
/// <param name="Held">Trainers that the cluster's ledger says are taken.</param>
/// <param name="Waiting">Runs in its queue.</param>
internal sealed record SoakReading(
    int Runs,
    int RunsOfTenMinutes,
    ImmutableArray<SiloReading> Silos,
    int Held,
    int Waiting
);
