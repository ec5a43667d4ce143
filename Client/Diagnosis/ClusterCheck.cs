using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Configuration.Sources;
using MMOrleans.Configuration.Values;

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
        if (ClusterName.Read(cluster, out var refusal) is not { Gateways: [var (host, port), ..] })
            return new(
                FindingLevel.Failure,
                "cluster",
                $"MM1002 '{cluster}' names no gateway: {refusal.Why}",
                $"such as MM_CLUSTER={refusal.Instead}"
            );
        if (await EndpointProbe.TryAsync(host, port) is { } reason)
            return new(
                FindingLevel.Failure,
                "cluster",
                $"MM3001 no silo answers at {cluster}: {reason}",
                "check address and port of --cluster or MM_CLUSTER; for this machine alone: --cluster none"
            );
        try
        {
            var identity = ClientTls.Read(environment) is { } files ? ClientTls.Open(files) : null;
            return await GatewayProbe.AskAsync(host, port, identity, CancellationToken.None) is { } distrust
                ? new(FindingLevel.Failure, "cluster", $"{distrust.Code} {distrust.Message}", distrust.Fix)
                : new(FindingLevel.Ok, "cluster", $"{cluster} answers{Inherited(environment, cluster)}");
        }
        catch (FaultException)
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
        catch (FaultException fault)
        {
            return new(FindingLevel.Failure, "cluster", $"{fault.Code} {fault.Message}", fault.Fix);
        }
    }

    // What surprises in a pod: every verb that can goes there.
    private static string Inherited(EnvironmentSnapshot environment, string cluster) =>
        environment["MM_CLUSTER"] == cluster
            ? "; MM_CLUSTER names it, and runs go there unless told --cluster none"
            : "";
}
