using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Events;
using MMOrleans.Api.Series;
using MMOrleans.Api.Sources;
using MMOrleans.Configuration;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Routes;

/// <summary>Reads runs.</summary>
internal static class RunRoutes
{
    private const string EventStream = "text/event-stream";
    private const string Lines = "application/x-ndjson";
    private const int MostRuns = 200;

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs", List).WithSummary("List runs, newest first").Produces<RunList>();
        var run = routes.MapGroup("/runs/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        run.MapGet("/", One)
            .WithSummary("One run: its record, classes, confusion, margins")
            .Produces<RunDetail>();
        run.MapGet("/config", Configuration)
            .WithSummary("Its configuration, and where values came from")
            .Produces<RunConfigurationDocument>();
        run.MapGet("/checkpoints", Checkpoints)
            .WithSummary("Its checkpoints, newest first")
            .Produces<CheckpointList>();
        run.MapGet("/trainers", TrainersAsync).WithSummary("Its trainers").Produces<TrainerList>();
        run.MapGet("/metrics", Metrics)
            .WithSummary("Its metrics by epoch, thinned so that every peak and dip stays")
            .Produces<MetricsDocument>();
        run.MapGet("/why", Why)
            .WithSummary("What befell it, how that is known, and what its trainers' time went to")
            .Produces<DiagnosisDocument>();
        run.MapGet("/events", Events)
            .WithSummary(
                "Its timeline: server-sent events where text/event-stream is accepted, otherwise a line each"
            )
            .Produces<string>(contentType: Lines, additionalContentTypes: [EventStream]);
        run.MapGet("/logs", Logs)
            .WithSummary("Its logs in the order of time, of all trainers; as the timeline")
            .Produces<string>(contentType: Lines, additionalContentTypes: [EventStream]);
    }

    private static RunList List(
        IRunSource source,
        string? status = null,
        int limit = 50,
        string? cursor = null
    )
    {
        if (limit is < 1 or > MostRuns)
            throw new FaultException("MM1004", $"limit must be 1 to {MostRuns}, got {limit}", "limit=50");
        var after = cursor is null ? null : RunCursor.Read(cursor);
        var records = source
            .Runs.List(out var unreadable)
            .Where(record => after is null || after.IsBefore(record))
            .Select(record => (Record: record, Summary: RunSummary.Of(record, source)))
            .Where(run => status is null || run.Summary.Status.Word() == status)
            .Take(limit + 1)
            .ToList();
        return new(
            [.. records.Take(limit).Select(run => run.Summary)],
            records.Count > limit ? RunCursor.After(records[limit - 1].Record).ToString() : null,
            unreadable
        );
    }

    private static RunDetail One(string id, IRunSource source, TimeProvider clock) =>
        RunDetail.Of(source.Runs.Resolve(id), source, clock.GetUtcNow());

    private static IResult Why(string id, IRunSource source, TimeProvider clock)
    {
        var folder = source.Runs.Resolve(id);
        var isLive = source.IsLive(RunRecord.Read(folder.Record));
        return Results.Text(
            DiagnosisDocument.Of(RunEvidence.Read(folder, clock.GetUtcNow(), isLive)).ToJson(),
            "application/json"
        );
    }

    private static RunConfigurationDocument Configuration(string id, IRunSource source)
    {
        var folder = source.Runs.Resolve(id);
        var record = RunRecord.Read(folder.Record);
        return new(
            record.Id,
            File.Exists(folder.Configuration) ? RecordedConfiguration.Read(folder) : "",
            record.Specification
        );
    }

    private static CheckpointList Checkpoints(string id, IRunSource source)
    {
        var folder = source.Runs.Resolve(id);
        var best = RunRecord.Read(folder.Record).Best?.Epoch;
        var entries = new CheckpointStore(folder.Checkpoints).List();
        return new(
            folder.RunId,
            [
                .. entries.Select(entry => new CheckpointDocument(
                    entry.Name,
                    entry.Manifest?.Epoch,
                    entry.Manifest?.Round,
                    entry.Manifest?.Bytes(),
                    entry.Manifest?.Written,
                    entry.Manifest?.StateSha256,
                    entry.LooksWhole(),
                    [
                        .. entry.Manifest?.Files.Select(file => new CheckpointFileDocument(
                            file.Name,
                            file.Bytes,
                            file.Sha256
                        )) ?? [],
                    ]
                )),
            ],
            entries.FirstOrDefault(entry => entry.Manifest is { RoundOfEpoch: 0 } m && m.Epoch == best)?.Name
        );
    }

    private static async Task<TrainerList> TrainersAsync(
        string id,
        IRunSource source,
        CancellationToken cancellationToken
    )
    {
        var folder = source.Runs.Resolve(id);
        var record = RunRecord.Read(folder.Record);
        List<TrainerDocument> trainers = [];
        if (source.IsLive(record))
        {
            try
            {
                if (await source.FindAsync(folder.RunId, cancellationToken) is { } run)
                    trainers =
                    [
                        .. (await run.GetStatusAsync(cancellationToken)).Progress.Trainers.Select(
                            TrainerDocument.Of
                        ),
                    ];
            }
            catch (Exception fault) when (Unanswered.Is(fault) && !cancellationToken.IsCancellationRequested)
            {
                // Nobody says what they do now; that they take part is known.
            }
        }

        return new(
            folder.RunId,
            [
                .. trainers,
                .. record
                    .Trainers.Where(known => trainers.All(trainer => trainer.Trainer != known.Trainer))
                    .Select(known => new TrainerDocument(known.Trainer, known.Device, "left")),
            ]
        );
    }

    private static IResult Metrics(
        string id,
        IRunSource source,
        HttpRequest request,
        string? names = null,
        int from = 0,
        int points = MetricSeries.MostPoints
    )
    {
        if (points is < Thinning.Least or > MetricSeries.MostPoints)
            throw new FaultException(
                "MM1004",
                $"points must be {Thinning.Least} to {MetricSeries.MostPoints}, got {points}",
                $"points={MetricSeries.MostPoints}"
            );
        var folder = source.Runs.Resolve(id);
        var wanted = MetricSeries.Read(names);
        if (request.Headers.Accept.ToString() == "text/csv" && File.Exists(folder.Metrics))
            return Results.Bytes(File.ReadAllBytes(folder.Metrics), "text/csv");
        var record = RunRecord.Read(folder.Record);
        var rows = MetricsCsv.Read(folder.Metrics);
        return Results.Json(
            new MetricsDocument(
                folder.RunId,
                record.Epochs,
                new StagePlan(
                    SpecificationDocument.Read(record.Specification.GetRawText())
                ).FirstDeferredEpoch,
                wanted
                    .Distinct()
                    .ToDictionary(name => name, name => MetricSeries.Of(rows, name, from, points))
            ),
            ApiJson.Options
        );
    }

    private static IResult Events(
        string id,
        IRunSource source,
        TimeProvider clock,
        HttpContext context,
        string? after = null
    )
    {
        var folder = source.Runs.Resolve(id);
        var cursor = CursorOf(context, after);
        if (IsStream(context.Request))
            return TypedResults.ServerSentEvents(
                Until(
                    stop => new RunStream(source, folder, clock).ReadAsync(cursor, stop),
                    source.Stopping,
                    context.RequestAborted
                )
            );
        var file = new LineFile(folder.Events);
        var reading = file.ReadAfter(cursor);
        return Results.Text(
            string.Concat(
                (reading.IsCut || cursor == LineCursor.Start ? file.ReadAll() : reading.Lines).Select(line =>
                    $"{{\"id\":\"{line.After}\",{line.Text.AsSpan(1)}\n"
                )
            ),
            Lines
        );
    }

    private static IResult Logs(
        string id,
        IRunSource source,
        TimeProvider clock,
        HttpContext context,
        string? after = null,
        string? trainer = null
    )
    {
        var log = new RunLogs(source.Runs.Resolve(id), trainer);
        var cursor = LogCursor.Read(LastId(context) ?? after);
        return IsStream(context.Request)
            ? TypedResults.ServerSentEvents(
                Until(stop => log.FollowAsync(cursor, clock, stop), source.Stopping, context.RequestAborted)
            )
            : Results.Text(string.Concat(log.ReadAll(cursor).Select(text => text + "\n")), Lines);
    }

    private static bool IsStream(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains(EventStream, StringComparison.Ordinal) == true);

    private static string? LastId(HttpContext context) =>
        context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id] ? id : null;

    private static LineCursor CursorOf(HttpContext context, string? after)
    {
        if ((LastId(context) ?? after) is not { Length: > 0 } text)
            return LineCursor.Start;
        return LineCursor.TryParse(text, out var cursor)
            ? cursor
            : throw new FaultException(
                "MM1004",
                $"'{text}' is not an id of an event",
                "give back an id as it came, or none to begin again"
            );
    }

    /// <summary>A stream that ends without a fault when the listener leaves or this server shuts down.</summary>
    private static async IAsyncEnumerable<SseItem<string>> Until(
        Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> stream,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken aborted
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        await using var items = stream(either.Token).GetAsyncEnumerator(CancellationToken.None);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync())
                    yield break;
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                yield break;
            }
            catch (FaultException)
            {
                // The run was removed, or its record is broken: the next connection is told which.
                yield break;
            }

            yield return items.Current;
        }
    }
}
