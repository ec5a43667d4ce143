using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Api.Documents;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Bench.Soak;

/// <summary>Starts a run over a silo's REST, does to it what its course says, and watches it on the page until it has ended.</summary>
internal sealed class SoakClient : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    private readonly HttpClient _rest;

    public SoakClient(Uri page) => _rest = new() { BaseAddress = new(page, "/api/v1/") };

    public void Dispose() => _rest.Dispose();

    /// <summary>What the page's list of runs and its cluster ask for, again and again.</summary>
    public async Task LookAsync(CancellationToken leave)
    {
        try
        {
            while (!leave.IsCancellationRequested)
            {
                await _rest.GetStringAsync("runs", leave);
                await _rest.GetStringAsync("cluster", leave);
                await Task.Delay(TimeSpan.FromSeconds(3), leave);
            }
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            // The visitor leaves.
        }
    }

    /// <summary>Takes one run through its course.</summary>
    /// <exception cref="InvalidOperationException">
    /// It ended otherwise than planned, did not end, or the page showed neither an event nor a line of its log.
    /// </exception>
    public async Task PlayAsync(SoakRun run)
    {
        using var patience = new CancellationTokenSource(LongestRun);
        try
        {
            await PlayAsync(run, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new InvalidOperationException(
                $"{run.Id} ({run.Course}) is not through after {LongestRun.TotalMinutes:0} min: "
                    + $"{await _rest.GetStringAsync($"runs/{run.Id}")} {await _rest.GetStringAsync($"runs/{run.Id}/logs")}"
            );
        }
    }

    private async Task PlayAsync(SoakRun run, CancellationToken cancellationToken)
    {
        using var submitted = await SendAsync(
            HttpMethod.Put,
            $"runs/{run.Id}",
            () => Body(run),
            cancellationToken
        );
        if (run.End is not { } end)
        {
            if (submitted.IsSuccessStatusCode)
                throw new InvalidOperationException($"{run.Id} was to be refused and was accepted.");
            return;
        }

        await RequireAsync(submitted, cancellationToken);
        await using var visit = new PageVisit(_rest, run.Id);
        await visit.BeginAsync();
        if (run.Course is SoakCourse.Stopped or SoakCourse.StoppedAtOnce or SoakCourse.Resumed)
            await StopAsync(run, cancellationToken);
        if (run.Course == SoakCourse.Resumed)
            await CommandAsync($"runs/{run.Id}/resume", new() { ["wait_seconds"] = 600 }, cancellationToken);
        var status = await UntilAsync(run, s => s.IsEnd(), cancellationToken);
        if (status != end)
            throw new InvalidOperationException(
                $"{run.Id} ({run.Course}) is {status}, and {end} was planned."
            );
        // The page asks for logs twice a second: a short run is over before the first answer.
        while (visit.Events == 0 || visit.Lines == 0)
            await Task.Delay(Pause, cancellationToken);
    }

    private async Task StopAsync(SoakRun run, CancellationToken cancellationToken)
    {
        await UntilAsync(run, s => s == RunStatus.Running || s.IsEnd(), cancellationToken);
        var now = run.Course == SoakCourse.StoppedAtOnce ? "?now=true" : "";
        await CommandAsync($"runs/{run.Id}/stop{now}", body: null, cancellationToken);
        await UntilAsync(run, s => s.IsEnd(), cancellationToken);
    }

    private async Task<RunStatus> UntilAsync(
        SoakRun run,
        Func<RunStatus, bool> wanted,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var found = JsonNode.Parse(await _rest.GetStringAsync($"runs/{run.Id}", cancellationToken))!;
            var status = found["status"].Deserialize<RunStatus>();
            if (wanted(status))
                return status;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task CommandAsync(string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Post,
            path,
            () => body is null ? null : JsonContent.Create(body),
            cancellationToken
        );
        await RequireAsync(answer, cancellationToken);
    }

    /// <summary>Changes are limited to one a second for long: what comes too early is sent again.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Func<HttpContent?> body,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body() };
            var answer = await _rest.SendAsync(request, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                return answer;
            answer.Dispose();
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static async Task RequireAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"{answer.RequestMessage!.RequestUri} answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}"
            );
    }

    private static JsonContent Body(SoakRun run) =>
        JsonContent.Create(
            new JsonObject
            {
                ["specification"] = JsonNode.Parse(SpecificationDocument.Write(run.Specification)),
                ["settings"] = JsonSerializer.SerializeToNode(run.Settings, SubmissionDocument.Json),
            }
        );
}
