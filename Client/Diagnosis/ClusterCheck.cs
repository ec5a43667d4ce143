using MMOrleans.Client.Connections;
using MMOrleans.Client.Errors;
using MMOrleans.Configuration;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether the cluster answers, where one is named.</summary>
internal static class ClusterCheck
{
    public static async Task<Finding> RunAsync(
        EnvironmentSnapshot environment,
        string? cluster,
        string? tokenFile
    )
    {
        if (cluster is null)
            return new(FindingLevel.Ok, "cluster", "none named; runs train in this process");
        if (cluster.Contains("://", StringComparison.Ordinal))
            return await OverHttpAsync(environment, cluster, tokenFile);
        if (!Uri.TryCreate($"tcp://{cluster}", UriKind.Absolute, out var address) || address.Port <= 0)
            return new(
                FindingLevel.Failure,
                "cluster",
                $"MM3001 '{cluster}' is not HOST:PORT",
                "such as MM_CLUSTER=mm-silo.ml.svc:30000"
            );
        if (await EndpointProbe.TryAsync(address.Host, address.Port) is { } reason)
            return new(
                FindingLevel.Failure,
                "cluster",
                $"MM3001 no silo answers at {cluster}: {reason}",
                "check address and port of --cluster or MM_CLUSTER"
            );
        try
        {
            var identity = ClientTls.Read(environment) is { } files ? ClientTls.Open(files) : null;
            return
                await GatewayProbe.AskAsync(address.Host, address.Port, identity, CancellationToken.None)
                    is { } distrust
                ? new(FindingLevel.Failure, "cluster", $"{distrust.Code} {distrust.Message}", distrust.Fix)
                : new(FindingLevel.Ok, "cluster", $"{cluster} answers");
        }
        catch (MmError)
        {
            return new(
                FindingLevel.Ok,
                "cluster",
                $"{cluster} answers; what is wrong with the certificate is said apart"
            );
        }
    }

    private static async Task<Finding> OverHttpAsync(
        EnvironmentSnapshot environment,
        string cluster,
        string? tokenFile
    )
    {
        try
        {
            var address = ClusterAddress.Read(cluster, environment, tokenFile);
            await using var connection = await address.ConnectAsync(CancellationToken.None);
            var silos = (await connection.DescribeAsync(CancellationToken.None)).Silos.Length;
            return new(
                FindingLevel.Ok,
                "cluster",
                $"{cluster} answers for {silos} silo{(silos == 1 ? "" : "s")}"
            );
        }
        catch (MmError fault)
        {
            return new(FindingLevel.Failure, "cluster", $"{fault.Code} {fault.Message}", fault.Fix);
        }
    }
}
