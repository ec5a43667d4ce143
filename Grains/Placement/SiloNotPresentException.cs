namespace MMOrleans.Grains.Placement;

/// <summary>A pinned grain was called whose silo is not in the cluster now.</summary>
[GenerateSerializer, Alias("mm.SiloNotPresentException")]
internal sealed class SiloNotPresentException(string silo)
    : Exception($"Silo {silo} is not in the cluster; its trainers and segments come back with it.")
{
    [Id(0)]
    public string Silo { get; } = silo;
}
