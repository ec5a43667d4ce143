namespace MMOrleans.Grains.Coordination;

/// <summary>The newest term that was announced; kept so that a new coordinator begins above it.</summary>
[GenerateSerializer, Alias("mm.CoordinatorTerm")]
internal sealed class CoordinatorTerm
{
    [Id(0)]
    public long Term { get; set; }
}
