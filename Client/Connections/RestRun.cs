using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MMOrleans.Api.Documents;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Connections;

/// <summary>A run that is asked over HTTP.</summary>
internal sealed class RestRun(RestTransport transport, string runId) : IRunHandle
{
    private string Path { get; } = $"runs/{runId}";

    public Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Put, Path, Document(submission), cancellationToken);

    public async Task<RunRehearsal> RehearseAsync(
        RunSubmission submission,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var document = Document(submission);
            var plan = await transport.OrUnreachableAsync(async () =>
            {
                using var response = await transport.SendAsync(
                    HttpMethod.Post,
                    "runs?dry_run=true",
                    () => JsonContent.Create(document, options: ApiJson.Options),
                    cancellationToken
                );
                return await transport.ReadAsync<PlanDocument>(response, ApiJson.Options, cancellationToken);
            });
            return new(null, [.. plan.AvailableImages], [.. plan.TrainingImages]);
        }
        catch (FaultException refusal)
        {
            return new(refusal.Fault, [], []);
        }
    }

    private static SubmissionDocument Document(RunSubmission submission)
    {
        using var specification = JsonDocument.Parse(submission.Specification);
        return new(
            specification.RootElement.Clone(),
            JsonSerializer.SerializeToElement(submission.Settings, SubmissionDocument.Json)
        );
    }

    public Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken) =>
        AskAsync(
            HttpMethod.Post,
            $"{Path}/resume",
            new ResumptionDocument(
                resumption.Checkpoint,
                resumption.MinTrainers,
                resumption.MaxTrainers,
                resumption.DataPath,
                resumption.Wait.TotalSeconds
            ),
            cancellationToken
        );

    public Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken) =>
        AskAsync<object>(
            HttpMethod.Post,
            $"{Path}/stop?now={(now ? "true" : "false")}",
            null,
            cancellationToken
        );

    public Task<RunSnapshot> GetStatusAsync(CancellationToken cancellationToken) =>
        transport.GetAsync<RunSnapshot>($"{Path}/status", WireJson.Options, cancellationToken);

    public Task<RunUpdate> WatchAsync(long cursor, TimeSpan patience, CancellationToken cancellationToken) =>
        // The follower retries.
        transport.TryGetAsync<RunUpdate>(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Path}/watch?cursor={cursor}&patience={patience.TotalSeconds}"
            ),
            WireJson.Options,
            cancellationToken
        );

    private async Task<RunAnswer> AskAsync<T>(
        HttpMethod method,
        string path,
        T? document,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await transport.OrUnreachableAsync<RunAnswer>(async () =>
            {
                using var response = await transport.SendAsync(
                    method,
                    path,
                    document is null ? null : () => JsonContent.Create(document, options: ApiJson.Options),
                    cancellationToken
                );
                await transport.ThrowIfRefusedAsync(response, cancellationToken);
                return new(runId, null);
            });
        }
        catch (FaultException refusal)
        {
            return new("", refusal.Fault);
        }
    }
}
