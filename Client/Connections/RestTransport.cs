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
using MMOrleans.Client.Invocations;

namespace MMOrleans.Client.Connections;

/// <summary>Sends requests to a cluster over HTTP, asks again where it is told to wait, and turns refusals into faults.</summary>
/// <remarks>Every request may be sent again: reads are, and what changes something names the run that it is of.</remarks>
/// <exception cref="FaultException">MM1011: the authority's file cannot be used.</exception>
internal sealed class RestTransport(ClusterAddress address, TimeProvider clock) : IDisposable
{
    private const int MostRefusals = 20; // of a client that asks faster than it may

    /// <summary>For a connection, and for the first answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // As long as a silo may take to open images that are asked for the first time.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = Client(address);

    public ClusterAddress Address { get; } = address;

    public void Dispose() => _http.Dispose();

    /// <exception cref="FaultException">It is a refusal. MM3001: the answer did not come.</exception>
    public Task<T> GetAsync<T>(
        string path,
        JsonSerializerOptions json,
        CancellationToken cancellationToken
    ) => OrUnreachableAsync(() => TryGetAsync<T>(path, json, cancellationToken));

    /// <summary>For verbs that ask once: what did not come is an error of its own.</summary>
    public async Task<T> OrUnreachableAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (IOException fault)
        {
            throw Unreachable(fault.Message, fault);
        }
    }

    /// <exception cref="IOException">The answer did not come, or no silo could give it now.</exception>
    /// <exception cref="FaultException">It is a refusal.</exception>
    public async Task<T> TryGetAsync<T>(
        string path,
        JsonSerializerOptions json,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return await ReadAsync<T>(response, json, cancellationToken);
    }

    /// <summary>Sends a request, again where the silo asks for patience.</summary>
    /// <exception cref="IOException">The answer did not come.</exception>
    public async Task<HttpResponseMessage> SendAsync(
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
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>The document that an answer carries.</summary>
    /// <exception cref="IOException">The rest of it did not come, or no silo could give it now.</exception>
    /// <exception cref="FaultException">It is a refusal.</exception>
    public async Task<T> ReadAsync<T>(
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
            throw Unreachable($"what answers there is no MMOrleans: {fault.Message}", fault);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException(Why(fault), fault);
        }
    }

    /// <exception cref="IOException">The rest of the answer did not come.</exception>
    public static async Task<byte[]> ReadBytesAsync(
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

    /// <exception cref="IOException">No silo could answer now.</exception>
    /// <exception cref="FaultException">It is a refusal.</exception>
    public async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        if (await ProblemAsync(response, cancellationToken) is not { } problem)
        {
            var answer = $"it answered {(int)response.StatusCode} {response.ReasonPhrase}";
            // Whatever stands before the silos says so when none of them is there.
            if ((int)response.StatusCode >= 500)
                throw new IOException(answer);
            throw Unreachable($"{answer}, which is not how MMOrleans refuses", null);
        }

        if (problem.Code == "MM3001")
            throw new IOException(problem.Detail); // this silo cannot say now; it, or another, can soon
        throw new FaultException(problem.ToFault());
    }

    /// <summary>MM3001, for a caller that does not retry.</summary>
    public FaultException Unreachable(string why, Exception? inner) =>
        new(
            "MM3001",
            $"no silo answered at {Address.Text}: {why}",
            "check the address of --cluster: a silo's --health-port, or an ingress to one; a gateway is HOST:PORT without http://",
            inner
        );

    private static async Task<ApiProblem?> ProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        if (response.Content.Headers.ContentType?.MediaType != ApiProblem.ContentType)
            return null;
        try
        {
            return await response.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options, cancellationToken);
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
}
