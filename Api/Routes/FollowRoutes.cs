using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Sources;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Routes;

/// <summary>What <c>mm</c> asks to show a run from outside as it does from inside: what the run's grain says, and its files.</summary>
internal static class FollowRoutes
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);

    public static void MapFollow(this IEndpointRouteBuilder routes)
    {
        var run = routes.MapGroup("/runs/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        run.MapGet("/status", StatusAsync)
            .WithSummary("Everything that its grain knows of it; answered while it is live, or was lately")
            .Produces<string>(contentType: "application/json");
        run.MapGet("/watch", WatchAsync)
            .WithSummary("What is new since a cursor, as soon as there is something: a long poll")
            .Produces<string>(contentType: "application/json");
        run.MapGet("/files", Files).WithSummary("Its small files").Produces<RunFileList>();
        run.MapGet("/files/{**name}", File)
            .WithSummary("One of them, as it is now")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream");
    }

    private static async Task<IResult> StatusAsync(string id, IRunSource source, CancellationToken stop)
    {
        var run = await FindAsync(id, source, stop);
        return await AnswerAsync(id, run.GetStatusAsync(stop));
    }

    private static async Task<IResult> WatchAsync(
        string id,
        IRunSource source,
        CancellationToken stop,
        long cursor = 0,
        double patience = 10
    )
    {
        if (patience < 0 || !(patience <= LongestPoll.TotalSeconds))
            throw new FaultException(
                "MM1004",
                $"patience must be 0 to {LongestPoll.TotalSeconds:0} seconds, got {patience}",
                "patience=10"
            );
        var run = await FindAsync(id, source, stop);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, source.Stopping);
        return await AnswerAsync(
            id,
            run.WatchAsync(cursor, TimeSpan.FromSeconds(patience), ending.Token)
                // Ends at once when the client leaves or this server shuts down, whatever becomes of the call.
                .WaitAsync(ending.Token)
        );
    }

    private static async Task<IResult> AnswerAsync<T>(string id, Task<T> asked)
    {
        try
        {
            return Results.Json(await asked, WireJson.Options);
        }
        catch (RunNotFoundException)
        {
            throw new FaultException(
                "MM1007",
                $"there is no run {id} here",
                $"GET {ApiHosting.Prefix}/runs lists those there are"
            );
        }
    }

    private static RunFileList Files(string id, IRunSource source)
    {
        var folder = source.Runs.Resolve(id);
        return new(
            folder.RunId,
            [.. ShownFiles.List(folder).Select(file => new RunFileDocument(file.Name, file.Length))]
        );
    }

    private static OpenFile File(string id, string name, IRunSource source)
    {
        var folder = source.Runs.Resolve(id);
        var path = ShownFiles.Find(folder, name);
        try
        {
            // It may grow, or be replaced: what is sent is what was there when it was opened.
            if (path is not null)
                return new(
                    new FileStream(
                        path,
                        FileMode.Open,
                        FileAccess.Read,
                        FileShare.ReadWrite | FileShare.Delete
                    )
                );
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Told as one that never was.
        }

        throw new FaultException(
            "MM1007",
            $"{folder.RunId} has no file '{name}' to show",
            $"list them: GET /api/v1/runs/{folder.RunId}/files"
        );
    }

    private static async Task<IRunGrain> FindAsync(string id, IRunSource source, CancellationToken stop)
    {
        // An id in full needs no look at the disk, which may be another machine's and tell of a new run late.
        var runId = RunId.IsId(id) ? id : source.Runs.Resolve(id).RunId;
        return await source.FindAsync(runId, stop)
            ?? throw new FaultException(
                "MM1007",
                $"{runId} is trained by no process that could be asked",
                $"what is written of it: GET {ApiHosting.Prefix}/runs/{runId}"
            );
    }

    /// <summary>As many bytes of a file as it had when it was opened.</summary>
    private sealed class OpenFile(FileStream file) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var opened = file;
            var (response, left) = (httpContext.Response, file.Length);
            response.ContentType = "application/octet-stream";
            var buffer = new byte[1 << 16];
            while (left > 0)
            {
                var read = await file.ReadAsync(
                    buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)),
                    httpContext.RequestAborted
                );
                if (read == 0)
                    break; // cut off meanwhile
                left -= read;
                await response.Body.WriteAsync(buffer.AsMemory(0, read), httpContext.RequestAborted);
            }
        }
    }
}
