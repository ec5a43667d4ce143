using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>What a coordinator needs to lead a run.</summary>
/// <param name="Trainers">Keys of the trainers the run was given.</param>
/// <param name="Slots">V.</param>
/// <param name="MinTrainers">Fewest to begin with: where fewer are ready the run fails with MM4002. Once leases are out, one goes on.</param>
/// <param name="Rounds">Rounds of the run.</param>
/// <param name="Attempt">Names this start: the same one twice is one, another one (a resumption) replaces it.</param>
/// <param name="Dispute">Why the run went back to its checkpoint, when nobody knew whose state was right; else null.</param>
[GenerateSerializer, Immutable, Alias("mm.CoordinatorStart")]
public sealed record CoordinatorStart(
    [property: Id(0)] ImmutableArray<string> Trainers,
    [property: Id(1)] int Slots,
    [property: Id(2)] int MinTrainers,
    [property: Id(3)] long Rounds,
    [property: Id(4)] string Attempt = "",
    [property: Id(5)] Dispute? Dispute = null
);
