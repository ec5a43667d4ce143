using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using MMOrleans.Api.Access;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Files;
using MMOrleans.Api.Sources;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Routes;

/// <summary>Serves the files of reports and checkpoints, whole or in ranges.</summary>
internal static class FileRoutes
{
    // A report is a page of its own with styles in it; it gets no script, no network and no origin.
    private const string ReportPolicy =
        "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'none'";

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/runs/{id}/report", ListReport)
            .WithSummary("The files of its report; a cookie lets a browser open them for two minutes")
            .Produces<ReportDocument>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes
            .MapGet("/runs/{id}/report/{file}", Report)
            .WithSummary("A file of its report; ranges and ETag")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes
            .MapGet("/runs/{id}/checkpoints/{name}/{file}", Checkpoint)
            .WithSummary("A file of a checkpoint; ranges and ETag")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static ReportDocument ListReport(
        string id,
        IRunSource source,
        AccessTokens tokens,
        TimeProvider clock,
        HttpContext context
    )
    {
        var folder = source.Runs.Resolve(id);
        if (!Directory.Exists(folder.Report))
            throw Missing($"{folder.RunId} has no report", $"write it with: mm report {folder.RunId}");
        if (
            AccessGate.TokenOf(context.Request) is { } token
            && ReportTicket.Issue(token, tokens, folder.RunId, clock.GetUtcNow()) is { } ticket
        )
            context.Response.Cookies.Append(
                ReportTicket.Cookie,
                ticket,
                new()
                {
                    Path = $"{context.Request.PathBase}{ApiHosting.Prefix}/runs/{folder.RunId}/report",
                    MaxAge = ReportTicket.Life,
                    HttpOnly = true,
                    SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict,
                    Secure = context.Request.IsHttps,
                }
            );
        return new(
            folder.RunId,
            [
                .. new DirectoryInfo(folder.Report)
                    .EnumerateFiles()
                    .OrderBy(file => file.Name, StringComparer.Ordinal)
                    .Select(file => new ReportFileDocument(file.Name, file.Length)),
            ]
        );
    }

    private static IResult Report(string id, string file, IRunSource source, HttpResponse response)
    {
        var folder = source.Runs.Resolve(id);
        response.Headers.ContentSecurityPolicy = ReportPolicy;
        return Serve(
            ConfinedPath.Find(folder.Report, file)
                ?? throw Missing(
                    $"the report of {folder.RunId} has no file '{file}'",
                    $"write it with: mm report {folder.RunId}"
                ),
            download: null
        );
    }

    private static IResult Checkpoint(string id, string name, string file, IRunSource source)
    {
        var folder = source.Runs.Resolve(id);
        return Serve(
            ConfinedPath.Find(folder.Checkpoints, name, file)
                ?? throw Missing(
                    $"{folder.RunId} has no checkpoint '{name}' with a file '{file}'",
                    $"list them: mm checkpoints list {folder.RunId}"
                ),
            $"{folder.RunId}-{name}-{file}"
        );
    }

    private static IResult Serve(FileInfo file, string? download) =>
        Results.File(
            file.FullName,
            ContentType(file.Extension),
            download,
            file.LastWriteTimeUtc,
            // Files here are replaced whole: another length or time is another content.
            new EntityTagHeaderValue($"\"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}\""),
            enableRangeProcessing: true
        );

    private static string ContentType(string extension) =>
        extension switch
        {
            ".html" => "text/html; charset=utf-8",
            ".json" => "application/json",
            ".csv" => "text/csv",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            _ => "application/octet-stream",
        };

    private static FaultException Missing(string message, string fix) => new("MM1007", message, fix);
}
