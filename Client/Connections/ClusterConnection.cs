using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Client.Invocations;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Security;
using Orleans.Configuration;
using Orleans.Messaging;

namespace MMOrleans.Client.Connections;

/// <summary>A client of a cluster through one of its gateways.</summary>
internal sealed class ClusterConnection : ICluster
{
    private const string ServiceId = "mmorleans";
    private const int Piece = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // As silos have it: what is larger is refused here, and not by a connection that closes there.
    private const int LargestMessage = 16 << 20;

    // A client that is let in is let in well before this; only after it is the reason worth asking for.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(2);

    private readonly GrainClient _client;
    private readonly ClusterGateways _gateways;

    private ClusterConnection(ClusterAddress address, GrainClient client, ClusterGateways gateways) =>
        (Address, _client, _gateways) = (address, client, gateways);

    public ClusterAddress Address { get; }

    private IClusterGrain Cluster => _client.Grains.GetGrain<IClusterGrain>(0);

    public bool IsLost => _gateways.IsLost;

    /// <exception cref="FaultException">
    /// MM1011: the certificate's files cannot be used. MM3001: nobody answers. MM3003: one of both does not trust the other. MM3004: the
    /// cluster is of another version.
    /// </exception>
    public static async Task<ClusterConnection> OpenAsync(
        ClusterAddress address,
        CancellationToken cancellationToken
    )
    {
        var gateways = new ClusterGateways(address);
        var identity = address.Tls is { } files ? ClientTls.Open(files) : null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var starting = GrainClient.StartAsync(
            builder => Configure(builder, address, gateways, identity),
            Patience,
            cancellationToken
        );
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var doubting = DistrustAsync(address, identity, answered.Token);
        if (await Task.WhenAny(starting, doubting) == doubting && await doubting is { } distrust)
        {
            _ = GiveUpAsync(starting); // it ends by itself when its patience does, and nobody waits for it
            throw distrust;
        }

        var client = await starting ?? throw await doubting ?? Unreachable(address);
        await answered.CancelAsync();
        var connection = new ClusterConnection(address, client, gateways);
        try
        {
            var description = await connection.Cluster.DescribeAsync(limit.Token).WaitAsync(limit.Token);
            OtherVersion.Refuse(description.Version);
            gateways.Learn(description.Silos.Select(silo => silo.Gateway));
            return connection;
        }
        catch (Exception fault)
        {
            await connection.DisposeAsync();
            if (fault is FaultException || cancellationToken.IsCancellationRequested)
                throw;
            if (fault is OperationCanceledException or TimeoutException or OrleansException)
                throw Unreachable(address, fault);
            throw;
        }
    }

    public Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken) =>
        Cluster.DescribeAsync(cancellationToken);

    public Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken) =>
        Cluster.ListRunsAsync(cancellationToken);

    public Task<DrainAnswer> DrainAsync(string silo, CancellationToken cancellationToken) =>
        Cluster.DrainAsync(silo, cancellationToken);

    public IRunHandle Run(string runId) => new GrainRun(_client.Grains.GetGrain<IRunGrain>(runId));

    public Task<ImmutableArray<RunFile>> ListFilesAsync(string runId, CancellationToken cancellationToken) =>
        Files(runId).ListAsync(cancellationToken);

    public async Task ReadFileAsync(string runId, string name, Stream to, CancellationToken cancellationToken)
    {
        for (long read = 0; ; )
        {
            using var piece = await Files(runId).ReadAsync(name, read, Piece, cancellationToken);
            to.Write(piece.Bytes);
            read += piece.Length;
            if (piece.Length < Piece)
                return; // its end as it was then: a file that is replaced by a longer one has another end
        }
    }

    private IRunFilesGrain Files(string runId) => _client.Grains.GetGrain<IRunFilesGrain>(runId);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>Why certificates keep <c>mm</c> out at every gateway that was named; null when they are not the reason at one of them, and when it is in.</summary>
    private static async Task<FaultException?> DistrustAsync(
        ClusterAddress address,
        TlsIdentity? identity,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await Task.Delay(Doubt, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        var verdicts = await Task.WhenAll(
            address.Gateways.Select(g => GatewayProbe.AskAsync(g.Host, g.Port, identity, cancellationToken))
        );
        return verdicts.All(verdict => verdict is not null) ? verdicts[0] : null;
    }

    private static async Task GiveUpAsync(Task<GrainClient?> starting)
    {
        try
        {
            if (await starting is { } late)
                await late.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // Interrupted meanwhile.
        }
    }

    private static FaultException Unreachable(ClusterAddress address, Exception? inner = null) =>
        new(
            "MM3001",
            $"no silo answered at {address.Text} in {Patience.TotalSeconds:0} s",
            $"check address, port and the cluster's name ({address.ClusterId}) of --cluster; a run in this machine's folder needs no --cluster",
            inner
        );

    private static void Configure(
        IClientBuilder client,
        ClusterAddress address,
        ClusterGateways gateways,
        TlsIdentity? identity
    )
    {
        if (identity is not null)
            ClientTls.Add(client, identity);
        client.Services.AddSingleton<IGatewayListProvider>(gateways);
        client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (address.ClusterId, ServiceId));
        client.Configure<ClientMessagingOptions>(o => o.MaxMessageBodySize = LargestMessage);
        client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = gateways.MaxStaleness);
        client.AddGatewayCountChangedHandler(
            (_, change) => gateways.IsLost = change.NumberOfConnectedGateways == 0
        );
    }
}
