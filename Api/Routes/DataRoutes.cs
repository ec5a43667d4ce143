using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Sources;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Routes;

/// <summary>Tells what runs were trained on.</summary>
internal static class DataRoutes
{
    public static void MapData(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/data", List)
            .WithSummary("What runs were trained on: images by class, groups, images left out")
            .Produces<DataList>();

    private static DataList List(IRunSource source) =>
        new(
            DataDocument.Of(
                source.Runs.List(out _),
                record =>
                    EventLog
                        .Read(source.Runs.Folder(record.Id).Events)
                        .Select(Incident.Of)
                        .OfType<ImagesLeftOut>()
                        .FirstOrDefault()
                        ?.First
            )
        );
}
