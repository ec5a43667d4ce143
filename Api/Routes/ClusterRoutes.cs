using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Sources;
using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Api.Routes;

/// <summary>Looks at a cluster, and takes a silo out.</summary>
internal static class ClusterRoutes
{
    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cluster", DescribeAsync).WithSummary("The cluster").Produces<ClusterDocument>();
        routes
            .MapGet(
                "/cluster/silos",
                async (IRunSource source, CancellationToken stop) => (await DescribeAsync(source, stop)).Silos
            )
            .WithSummary("Its silos")
            .Produces<IReadOnlyList<SiloDocument>>();
        routes
            .MapPost("/cluster/silos/{name}/drain", DrainAsync)
            .WithSummary("Hand a silo's work over and give it no more; ask again until it is done")
            .Produces<DrainDocument>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<ClusterDocument> DescribeAsync(IRunSource source, CancellationToken stop) =>
        ClusterDocument.Of(await Of(source).DescribeAsync(stop));

    private static async Task<IResult> DrainAsync(string name, IRunSource source, CancellationToken stop)
    {
        var answer = await Of(source).DrainAsync(name, stop);
        return answer.IsKnown
            ? TypedResults.Json(
                new DrainDocument(name, answer.IsDone, answer.Busy),
                ApiJson.Options,
                statusCode: StatusCodes.Status202Accepted
            )
            : throw new FaultException(
                "MM1007",
                $"there is no silo '{name}'",
                "GET /api/v1/cluster/silos lists them"
            );
    }

    private static IClusterGrain Of(IRunSource source) =>
        source.Cluster
        ?? throw new FaultException(
            "MM1007",
            "there is no cluster here: these are the runs of a folder",
            "ask a silo of the cluster"
        );
}
