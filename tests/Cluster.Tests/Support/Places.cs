using Orleans.Runtime;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Which silo of a test's cluster holds what, as the cluster itself says.</summary>
internal static class Places
{
    /// <summary>The silos that hold grains of a kind, such as <c>CoordinatorGrain</c>.</summary>
    public static async Task<IReadOnlyList<TestSilo>> OfAsync(
        this TestCluster cluster,
        IGrainFactory grains,
        string kind
    )
    {
        var statistics = await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var ports = statistics
            .Where(s => s.GrainType.Contains(kind, StringComparison.OrdinalIgnoreCase))
            .Select(s => s.SiloAddress.Endpoint.Port)
            .ToHashSet();
        return [.. cluster.Silos.Where(silo => ports.Contains(silo.SiloPort))];
    }
}
