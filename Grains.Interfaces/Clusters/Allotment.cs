namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>The trainers a run was given.</summary>
/// <param name="Trainers">Empty when there are too few; the run then waits.</param>
/// <param name="Free">Trainers that were free.</param>
/// <param name="Reason">Why none were given, as a sentence; empty otherwise.</param>
[GenerateSerializer, Immutable, Alias("mm.Allotment")]
public sealed record Allotment(
    [property: Id(0)] ImmutableArray<TrainerDescription> Trainers,
    [property: Id(1)] int Free,
    [property: Id(2)] string Reason
);
