using System.Collections.Immutable;
using System.Net;
using MMOrleans.Api.Documents;
using MMOrleans.Client.Invocations;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Connections;

/// <summary>A cluster from outside, over HTTP: through an ingress, or a forwarded port.</summary>
internal sealed class RestConnection : ICluster
{
    private const int Page = 200;

    private readonly RestTransport _transport;

    private RestConnection(RestTransport transport) => _transport = transport;

    public ClusterAddress Address => _transport.Address;

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
        var transport = new RestTransport(address, TimeProvider.System);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(RestTransport.Patience);
            var version = await transport.TryGetAsync<VersionDocument>(
                "version",
                ApiJson.Options,
                limit.Token
            );
            if (!version.Cluster)
                throw new FaultException(
                    "MM3001",
                    $"{address.Text} serves the runs of a folder, and no cluster",
                    "name a silo's --health-port, or an ingress to one; a run in this machine's folder needs no --cluster"
                );
            OtherVersion.Refuse(version.Version);
            return new(transport);
        }
        catch (Exception fault)
        {
            transport.Dispose();
            if (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw transport.Unreachable($"no answer in {RestTransport.Patience.TotalSeconds:0} s", fault);
            if (fault is IOException)
                throw transport.Unreachable(fault.Message, fault);
            throw;
        }
    }

    public async Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken) =>
        (
            await _transport.GetAsync<ClusterDocument>("cluster", ApiJson.Options, cancellationToken)
        ).ToDescription();

    public async Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        string? cursor = null;
        do
        {
            var next = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await _transport.GetAsync<RunList>(
                $"runs?limit={Page}{next}",
                ApiJson.Options,
                cancellationToken
            );
            // They become names of folders here.
            ids.AddRange(page.Runs.Select(run => run.Id).Where(RunId.IsId));
            cursor = page.NextCursor;
        } while (cursor is not null);
        return ids.ToImmutable();
    }

    public Task<DrainAnswer> DrainAsync(string silo, CancellationToken cancellationToken) =>
        _transport.OrUnreachableAsync<DrainAnswer>(async () =>
        {
            var path = $"cluster/silos/{Uri.EscapeDataString(silo)}/drain";
            using var response = await _transport.SendAsync(HttpMethod.Post, path, null, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return new(false, false, []);
            var answer = await _transport.ReadAsync<DrainDocument>(
                response,
                ApiJson.Options,
                cancellationToken
            );
            return new(true, answer.Done, [.. answer.Busy]);
        });

    public IRunHandle Run(string runId) => new RestRun(_transport, runId);

    public async Task<ImmutableArray<RunFile>> ListFilesAsync(
        string runId,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await _transport.GetAsync<RunFileList>(
                    $"runs/{runId}/files",
                    ApiJson.Options,
                    cancellationToken
                )
            ).Files.Select(file => new RunFile(file.Name, file.Bytes)),
        ];

    public Task ReadFileAsync(string runId, string name, Stream to, CancellationToken cancellationToken) =>
        _transport.OrUnreachableAsync(async () =>
        {
            var escaped = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
            using var response = await _transport.SendAsync(
                HttpMethod.Get,
                $"runs/{runId}/files/{escaped}",
                null,
                cancellationToken
            );
            if (response.StatusCode == HttpStatusCode.NotFound)
                return false; // removed since it was listed
            await _transport.ThrowIfRefusedAsync(response, cancellationToken);
            var bytes = await RestTransport.ReadBytesAsync(response, cancellationToken);
            await to.WriteAsync(bytes, cancellationToken);
            return true;
        });

    public ValueTask DisposeAsync()
    {
        _transport.Dispose();
        return ValueTask.CompletedTask;
    }
}
