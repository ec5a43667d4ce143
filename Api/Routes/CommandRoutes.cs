using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MMOrleans.Api.Access;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Sources;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Routes;

/// <summary>Starts, stops, resumes and removes runs. Every one is safe to repeat.</summary>
internal static class CommandRoutes
{
    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/runs", SubmitAsync)
            .WithSummary("Start a run; the same Idempotency-Key twice starts one")
            .AddOpenApiOperationTransformer(SubmittedRun.DescribeAsync)
            .Produces<AcceptedDocument>(StatusCodes.Status201Created)
            .Produces<PlanDocument>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        routes
            .MapPut("/runs/{id}", PutAsync)
            .WithSummary("Start a run under an id of your choice; safe to repeat")
            .AddOpenApiOperationTransformer(SubmittedRun.DescribeAsync)
            .Produces<AcceptedDocument>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict);
        routes
            .MapPost("/runs/{id}/stop", StopAsync)
            .WithSummary("Save a run's state and stop it; with now=true without saving")
            .Produces<AcceptedDocument>(StatusCodes.Status202Accepted);
        routes
            .MapPost("/runs/{id}/resume", ResumeAsync)
            .WithSummary("Go on with a run that stopped or failed")
            .Produces<AcceptedDocument>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status409Conflict);
        routes
            .MapDelete("/runs/{id}", DeleteAsync)
            .WithSummary("Remove a run that has ended, with all its files")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> SubmitAsync(
        IRunSource source,
        HttpRequest request,
        CancellationToken cancellationToken,
        bool dry_run = false
    )
    {
        var cluster = source.Cluster ?? throw NoCluster("start runs");
        var (specification, settings) = await SubmittedRun.ReadAsync(request, cancellationToken);
        if (dry_run)
        {
            var rehearsed = source.Runs.NewId();
            var run = await source.FindAsync(rehearsed, cancellationToken) ?? throw NoCluster("start runs");
            var rehearsal = await run.RehearseAsync(
                new(rehearsed, SpecificationDocument.Write(specification), settings),
                cancellationToken
            );
            ThrowIfRefused(new(rehearsed, rehearsal.Fault));
            return Results.Json(
                new PlanDocument(
                    SpecificationDocument.Hash(specification),
                    specification.TotalEpochs,
                    specification.Slots,
                    (await cluster.ListTrainersAsync(cancellationToken)).Count(trainer =>
                        trainer.RunId.Length == 0
                    ),
                    rehearsal.Available,
                    rehearsal.Kept
                ),
                ApiJson.Options
            );
        }

        var id = request.Headers["Idempotency-Key"] is [{ Length: > 0 } key]
            ? RunId.Of(SHA256.HashData(Encoding.UTF8.GetBytes(key)))
            : source.Runs.NewId();
        return await StartAsync(id, specification, settings, source, request, cancellationToken);
    }

    private static async Task<IResult> PutAsync(
        string id,
        IRunSource source,
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!RunId.IsId(id))
            throw new FaultException(
                "MM1004",
                $"'{id}' is not a run's id",
                "r- and six letters or digits, as GET /api/v1/runs shows them"
            );
        var (specification, settings) = await SubmittedRun.ReadAsync(request, cancellationToken);
        return await StartAsync(id, specification, settings, source, request, cancellationToken);
    }

    private static async Task<IResult> StartAsync(
        string id,
        RunSpecification specification,
        RunSettings settings,
        IRunSource source,
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (source.Cluster is null)
            throw NoCluster("start runs");
        var run = await source.FindAsync(id, cancellationToken) ?? throw NoCluster("start runs");
        var answer = await run.SubmitAsync(
            new(id, SpecificationDocument.Write(specification), settings),
            cancellationToken
        );
        ThrowIfRefused(answer);
        return TypedResults.Created(PlaceOf(id, request), await StandingAsync(id, run, cancellationToken));
    }

    private static async Task<IResult> StopAsync(
        string id,
        IRunSource source,
        HttpRequest request,
        CancellationToken cancellationToken,
        bool now = false
    )
    {
        var (folder, record) = Find(id, source);
        if (!source.IsLive(record) || await source.FindAsync(folder.RunId, cancellationToken) is not { } run)
            // What is over needs no stopping: asking twice is not a mistake.
            return Accepted(new(folder.RunId, record.Status.Shown(isLive: false)), request);
        ThrowIfRefused(await run.StopAsync(now, "request", cancellationToken));
        return Accepted(await StandingAsync(folder.RunId, run, cancellationToken), request);
    }

    private static async Task<IResult> ResumeAsync(
        string id,
        IRunSource source,
        HttpRequest request,
        CancellationToken cancellationToken,
        ResumptionDocument? wish = null
    )
    {
        if (source.Cluster is null)
            throw NoCluster("resume runs");
        var (folder, _) = Find(id, source);
        var run = await source.FindAsync(folder.RunId, cancellationToken) ?? throw NoCluster("resume runs");
        ThrowIfRefused(
            await run.ResumeAsync(
                new(
                    folder.RunId,
                    wish?.From,
                    wish?.MinTrainers,
                    wish?.MaxTrainers,
                    wish?.DataPath,
                    Wait: Patience(wish?.WaitSeconds ?? 0)
                ),
                cancellationToken
            )
        );
        return Accepted(await StandingAsync(folder.RunId, run, cancellationToken), request);
    }

    private static async Task<IResult> DeleteAsync(
        string id,
        IRunSource source,
        CancellationToken cancellationToken
    )
    {
        // Only in full: a beginning that means one run today may mean another one when the request is repeated.
        if (!RunId.IsId(id))
            throw new FaultException(
                "MM1004",
                $"'{id}' is not an id, and only that removes a run",
                "write the id in full"
            );
        var folder = source.Runs.Folder(id);
        if (!folder.Exists)
            return Results.NoContent();
        var record = RunRecord.Read(folder.Record);
        if (source.IsLive(record))
            throw new FaultException(
                "MM3005",
                $"{id} is {record.Status.Word()}, and only what has ended is removed",
                $"stop it first: mm stop {id}"
            );
        using (
            await WriterHold.TakeAsync(
                folder,
                WriterIdentity.OfThisProcess(TimeProvider.System.GetUtcNow()),
                TimeProvider.System,
                cancellationToken
            )
        )
            folder.Delete();
        await source.ForgetAsync(id, cancellationToken);
        return Results.NoContent();
    }

    private static TimeSpan Patience(double seconds) =>
        seconds >= 0 && seconds <= TimeSpan.FromDays(365).TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new FaultException(
                "MM1004",
                $"wait_seconds must be 0 to a year of them, got {seconds}",
                "wait_seconds: 600"
            );

    private static (RunFolder, RunRecord) Find(string id, IRunSource source)
    {
        var folder = source.Runs.Resolve(id);
        return (folder, RunRecord.Read(folder.Record));
    }

    private static async Task<AcceptedDocument> StandingAsync(
        string id,
        IRunGrain run,
        CancellationToken cancellationToken
    ) => new(id, (await run.GetStatusAsync(cancellationToken)).State);

    private static Accepted<AcceptedDocument> Accepted(AcceptedDocument document, HttpRequest request) =>
        TypedResults.Accepted(PlaceOf(document.Run, request), document);

    private static string PlaceOf(string run, HttpRequest request) =>
        $"{request.PathBase}{ApiHosting.Prefix}/runs/{run}";

    private static void ThrowIfRefused(RunAnswer answer)
    {
        if (answer.Fault is { } fault)
            throw new FaultException(fault);
    }

    private static FaultException NoCluster(string what) =>
        new(
            "MM3001",
            $"there is no cluster here to {what}: these are the runs of a folder",
            "mm train, or mm resume RUN, in a terminal"
        );
}
