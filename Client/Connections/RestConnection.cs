using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MMOrleans.Api;
using MMOrleans.Api.Documents;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Connections;

/// <summary>A cluster from outside, over HTTP: through an ingress, or a forwarded port.</summary>
/// <remarks>Every request may be sent again: reads are, and what changes something names the run that it is of.</remarks>
internal sealed class RestConnection : ICluster
{
    private const int Page = 200;
    private const int MostRefusals = 20; // of a client that asks faster than it may
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // As long as a silo may take to open images that are asked for the first time.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;

    private RestConnection(ClusterAddress address, HttpClient http, TimeProvider clock) =>
        (Address, _http, _clock) = (address, http, clock);

    public ClusterAddress Address { get; }

    /// <summary>Nobody stays connected: a question is answered, or fails by itself.</summary>
    public bool IsLost => false;

    /// <exception cref="FaultException">
    /// MM1011: the authority's file cannot be used. MM3001: nobody answers. MM3003: the token is not let in. MM3004: the cluster is of
    /// another version.
    /// </exception>
    public static async Task<RestConnection> OpenAsync(
        ClusterAddress address,
        CancellationToken cancellationToken
    )
    {
        var connection = new RestConnection(address, Client(address), TimeProvider.System);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            var version = await connection.TryAsync<VersionDocument>("version", ApiJson, limit.Token);
            if (!version.Cluster)
                throw new FaultException(
                    "MM3001",
                    $"{address.Text} serves the runs of a folder, and no cluster",
                    "name a silo's --health-port, or an ingress to one; a run in this machine's folder needs no --cluster"
                );
            OtherVersion.Refuse(version.Version);
            return connection;
        }
        catch (Exception fault)
        {
            await connection.DisposeAsync();
            if (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw Unreachable(address, $"no answer in {Patience.TotalSeconds:0} s", fault);
            if (fault is IOException)
                throw Unreachable(address, fault.Message, fault);
            throw;
        }
    }

    public async Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken) =>
        (await GetAsync<ClusterDocument>("cluster", ApiJson, cancellationToken)).ToDescription();

    public async Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        string? cursor = null;
        do
        {
            var next = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await GetAsync<RunList>($"runs?limit={Page}{next}", ApiJson, cancellationToken);
            // They become names of folders here.
            ids.AddRange(page.Runs.Select(run => run.Id).Where(RunId.IsId));
            cursor = page.NextCursor;
        } while (cursor is not null);
        return ids.ToImmutable();
    }

    public Task<DrainAnswer> DrainAsync(string silo, CancellationToken cancellationToken) =>
        OrUnreachableAsync<DrainAnswer>(async () =>
        {
            var path = $"cluster/silos/{Uri.EscapeDataString(silo)}/drain";
            using var response = await SendAsync(HttpMethod.Post, path, null, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return new(false, false, []);
            var answer = await ReadAsync<DrainDocument>(response, ApiJson, cancellationToken);
            return new(true, answer.Done, [.. answer.Busy]);
        });

    public IRunHandle Run(string runId) => new RestRun(this, runId);

    public async Task<ImmutableArray<RunFile>> ListFilesAsync(
        string runId,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await GetAsync<RunFileList>($"runs/{runId}/files", ApiJson, cancellationToken)).Files.Select(
                file => new RunFile(file.Name, file.Bytes)
            ),
        ];

    public Task ReadFileAsync(string runId, string name, Stream to, CancellationToken cancellationToken) =>
        OrUnreachableAsync(async () =>
        {
            var escaped = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
            using var response = await SendAsync(
                HttpMethod.Get,
                $"runs/{runId}/files/{escaped}",
                null,
                cancellationToken
            );
            if (response.StatusCode == HttpStatusCode.NotFound)
                return false; // removed since it was listed
            await ThrowIfRefusedAsync(response, cancellationToken);
            var bytes = await BytesAsync(response, cancellationToken);
            await to.WriteAsync(bytes, cancellationToken);
            return true;
        });

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static JsonSerializerOptions ApiJson => Api.Documents.ApiJson.Options;

    /// <exception cref="FaultException">It is a refusal. MM3001: the answer did not come.</exception>
    private Task<T> GetAsync<T>(
        string path,
        JsonSerializerOptions json,
        CancellationToken cancellationToken
    ) => OrUnreachableAsync(() => TryAsync<T>(path, json, cancellationToken));

    /// <summary>For verbs that ask once: what did not come is an error of its own.</summary>
    private async Task<T> OrUnreachableAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (IOException fault)
        {
            throw Unreachable(Address, fault.Message, fault);
        }
    }

    /// <exception cref="IOException">The answer did not come, or no silo could give it now.</exception>
    /// <exception cref="FaultException">It is a refusal.</exception>
    private async Task<T> TryAsync<T>(
        string path,
        JsonSerializerOptions json,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return await ReadAsync<T>(response, json, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? body,
        CancellationToken cancellationToken
    )
    {
        for (var refusals = 0; ; refusals++)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body?.Invoke() };
            HttpResponseMessage response;
            try
            {
                response = await _http.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException fault)
            {
                throw new IOException(Why(fault), fault);
            }
            catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException($"no answer in {LongestAnswer.TotalMinutes:0} min", fault);
            }

            if (response.StatusCode != HttpStatusCode.TooManyRequests || refusals == MostRefusals)
                return response;
            var pause = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            response.Dispose();
            await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    private async Task<T> ReadAsync<T>(
        HttpResponseMessage response,
        JsonSerializerOptions json,
        CancellationToken cancellationToken
    )
    {
        await ThrowIfRefusedAsync(response, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(json, cancellationToken)
                ?? throw new JsonException("it is the JSON word null");
        }
        catch (JsonException fault)
        {
            throw Unreachable(Address, $"what answers there is no MMOrleans: {fault.Message}", fault);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException(Why(fault), fault);
        }
    }

    private static async Task<byte[]> BytesAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException(Why(fault), fault);
        }
    }

    private async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        if (await ProblemAsync(response, cancellationToken) is not { } problem)
        {
            var answer = $"it answered {(int)response.StatusCode} {response.ReasonPhrase}";
            // Whatever stands before the silos says so when none of them is there.
            if ((int)response.StatusCode >= 500)
                throw new IOException(answer);
            throw Unreachable(Address, $"{answer}, which is not how MMOrleans refuses", null);
        }

        if (problem.Code == "MM3001")
            throw new IOException(problem.Detail); // this silo cannot say now; it, or another, can soon
        throw new FaultException(problem.ToFault());
    }

    private static async Task<ApiProblem?> ProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        if (response.Content.Headers.ContentType?.MediaType != ApiProblem.ContentType)
            return null;
        try
        {
            return await response.Content.ReadFromJsonAsync<ApiProblem>(ApiJson, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HttpClient Client(ClusterAddress address)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would take the token elsewhere.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = Patience,
            // An ingress moves; names are looked up again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };
        if (address.Authority is { } file)
            handler.SslOptions.CertificateChainPolicy = Trust(file);
        var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(
                address.Rest!,
                $"{address.Rest!.AbsolutePath.TrimEnd('/')}{ApiHosting.Prefix}/"
            ),
            Timeout = LongestAnswer,
        };
        if (address.Token is { } token)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        return http;
    }

    private static X509ChainPolicy Trust(string file)
    {
        try
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(file);
            return policy;
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new FaultException(
                "MM1011",
                $"{file} cannot be used: {fault.Message.TrimEnd('.')}",
                "MM_TLS_CA names the PEM file of the authority that issued the server's certificate",
                fault
            );
        }
    }

    private static string Why(HttpRequestException fault) =>
        fault.InnerException is AuthenticationException
            ? "its certificate is not trusted; MM_TLS_CA names another authority's file"
            : fault.Message.TrimEnd('.');

    private static FaultException Unreachable(ClusterAddress address, string why, Exception? inner) =>
        new(
            "MM3001",
            $"no silo answered at {address.Text}: {why}",
            "check the address of --cluster: a silo's --health-port, or an ingress to one; a gateway is HOST:PORT without http://",
            inner
        );

    /// <summary>One run there.</summary>
    private sealed class RestRun(RestConnection cluster, string runId) : IRunHandle
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
                var plan = await cluster.OrUnreachableAsync(async () =>
                {
                    using var response = await cluster.SendAsync(
                        HttpMethod.Post,
                        "runs?dry_run=true",
                        () => JsonContent.Create(document, options: ApiJson),
                        cancellationToken
                    );
                    return await cluster.ReadAsync<PlanDocument>(response, ApiJson, cancellationToken);
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
            cluster.GetAsync<RunSnapshot>($"{Path}/status", WireJson.Options, cancellationToken);

        public Task<RunUpdate> WatchAsync(
            long cursor,
            TimeSpan patience,
            CancellationToken cancellationToken
        ) =>
            // Whoever follows a run goes on asking.
            cluster.TryAsync<RunUpdate>(
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
                return await cluster.OrUnreachableAsync<RunAnswer>(async () =>
                {
                    using var response = await cluster.SendAsync(
                        method,
                        path,
                        document is null ? null : () => JsonContent.Create(document, options: ApiJson),
                        cancellationToken
                    );
                    await cluster.ThrowIfRefusedAsync(response, cancellationToken);
                    return new(runId, null);
                });
            }
            catch (FaultException refusal)
            {
                return new("", refusal.Fault);
            }
        }
    }
}
