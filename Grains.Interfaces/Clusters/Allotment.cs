namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>The trainers a run was given.</summary>
/// <param name="Trainers">Empty when there are too few; the run then waits.</param>
/// <param name="Free">Trainers that were free.</param>
/// <param name="Reason">Why none were given, as a clause; empty otherwise.</param>
/// <param name="Detail">Who has them or comes first, as a clause; empty when there is nothing to say.</param>
/// <param name="Fix">What a person can do, where it is not to wait or to want fewer; empty otherwise.</param>
[GenerateSerializer, Immutable, Alias("mm.Allotment")]
public sealed record Allotment(
    [property: Id(0)] ImmutableArray<TrainerDescription> Trainers,
    [property: Id(1)] int Free,
    [property: Id(2)] string Reason,
    [property: Id(3)] string Detail = "",
    [property: Id(4)] string Fix = ""
)
{
    /// <summary>Reason and detail in one.</summary>
    public string Words => Detail.Length > 0 ? $"{Reason} ({Detail})" : Reason;
}
