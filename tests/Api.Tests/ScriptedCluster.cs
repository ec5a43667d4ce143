using System.Reflection;
using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Api.Tests;

/// <summary>A cluster of four silos, one of which is being drained and two join, with a trainer that is free.</summary>
public class ScriptedCluster : DispatchProxy
{
    public static IClusterGrain Create() => Create<IClusterGrain, ScriptedCluster>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IClusterGrain.DescribeAsync)
            ? Task.FromResult(
                new ClusterDescription(
                    "1.2.3",
                    [
                        new(
                            "silo-0",
                            "10.0.0.7:11111@1",
                            "active",
                            "1.2.3",
                            [
                                new("silo-0/t0", "cpu", "avx2", "r-7f3k9q"),
                                new("silo-0/t1", "cpu", "avx2", ""),
                            ],
                            "10.0.0.7:30000",
                            [new("silo-1", "memory"), new("silo-2", "calls"), new("silo-3", "calls")]
                        ),
                        new(
                            "silo-1",
                            "10.0.0.8:11111@1",
                            "draining",
                            "1.2.3",
                            [new("silo-1/t0", "cuda:0", "avx2", "r-7f3k9q")],
                            "10.0.0.8:30000",
                            [new("silo-0", ""), new("silo-2", ""), new("silo-3", "")]
                        ),
                        new("silo-2", "10.0.0.9:11111@1", "joining", "", [], ""),
                        new("silo-3", "10.0.0.10:11111@1", "joining", "", [], ""),
                    ]
                )
            )
            : throw new NotSupportedException(targetMethod.Name);
}
