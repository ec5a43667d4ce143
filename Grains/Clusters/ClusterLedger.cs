namespace MMOrleans.Grains.Clusters;

/// <summary>What the cluster grain must not forget when its silo dies.</summary>
[GenerateSerializer, Alias("mm.ClusterLedger")]
internal sealed class ClusterLedger
{
    /// <summary>Run by trainer.</summary>
    [Id(0)]
    public Dictionary<string, string> RunOf { get; set; } = [];

    /// <summary>Addresses of silos that get no more work; with their generation, so that a silo that comes back is new.</summary>
    [Id(1)]
    public HashSet<string> Drained { get; set; } = [];

    /// <summary>Runs that wait for trainers, by id.</summary>
    [Id(2)]
    public Dictionary<string, WaitingRun> Queue { get; set; } = [];
}
