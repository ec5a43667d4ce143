namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether the cluster's gateway answers, where one is named.</summary>
internal static class ClusterCheck
{
    public static async Task<Finding> RunAsync(string? cluster)
    {
        if (cluster is null)
            return new(FindingLevel.Ok, "cluster", "none named; runs train in this process");
        if (
            !Uri.TryCreate($"tcp://{cluster}", UriKind.Absolute, out var address)
            || address.Port <= 0
            || cluster.Contains("://", StringComparison.Ordinal)
        )
            return new(
                FindingLevel.Failure,
                "cluster",
                $"MM3001 '{cluster}' is not HOST:PORT",
                "such as MM_CLUSTER=mm-silo.ml.svc:30000"
            );
        return await EndpointProbe.TryAsync(address.Host, address.Port) is { } reason
            ? new(
                FindingLevel.Failure,
                "cluster",
                $"MM3001 no silo answers at {cluster}: {reason}",
                "check address and port of --cluster or MM_CLUSTER"
            )
            : new(FindingLevel.Ok, "cluster", $"{cluster} answers");
    }
}
