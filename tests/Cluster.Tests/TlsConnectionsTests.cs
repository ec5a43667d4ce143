using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Silo.Security;

namespace MMOrleans.Cluster.Tests;

/// <summary>Connections for vectors in a cluster with certificates: members among themselves.</summary>
public sealed class TlsConnectionsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task MembersConnectAndWhatTheySayCannotBeReadOnTheWay()
    {
        var (caller, called, onTheWay) = await ConnectAsync(Member(_authority, "a"), Member(_authority, "b"));
        var vector = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();

        await caller.WriteAsync(vector, TestContext.Current.CancellationToken);
        var came = new byte[vector.Length];
        await called.ReadExactlyAsync(came, TestContext.Current.CancellationToken);

        Assert.Equal(vector, came);
        Assert.True(onTheWay.Written.Count > vector.Length);
        Assert.Equal(-1, onTheWay.Written.ToArray().AsSpan().IndexOf(vector.AsSpan(0, 16)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SiloOfAnotherAuthorityIsNeitherLetInNorSentAnything(bool isCaller)
    {
        using var foreign = new TestAuthority("CN=somebody else");
        var (own, other) = (Member(_authority, "a"), Member(foreign, "b"));

        await Assert.ThrowsAnyAsync<AuthenticationException>(() =>
            isCaller ? ConnectAsync(other, own) : ConnectAsync(own, other)
        );
    }

    [Fact]
    public async Task ClientOfTheClusterIsNoMember()
    {
        var client = Connections(_authority.Write(_folder["client"], _authority.Client()), TlsRole.Client);

        await Assert.ThrowsAnyAsync<AuthenticationException>(() =>
            ConnectAsync(client, Member(_authority, "b"))
        );
    }

    private TlsConnections Member(TestAuthority authority, string name) =>
        Connections(authority.Write(_folder[name], authority.Silo()), TlsRole.Silo);

    private static TlsConnections Connections(TlsFiles files, TlsRole role)
    {
        var identity = TlsIdentity.Open(files, role, TimeProvider.System);
        return new(identity, new(identity, TimeProvider.System, NullLogger<TlsLog>.Instance));
    }

    /// <summary>Both ends of a connection; the exception is the called side's, or the caller's where that is the only one.</summary>
    private static async Task<(Stream Caller, Stream Called, Recording OnTheWay)> ConnectAsync(
        TlsConnections caller,
        TlsConnections called
    )
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        var onTheWay = new Recording(socket);
        var accepted = new NetworkStream(
            await listener.AcceptSocketAsync(TestContext.Current.CancellationToken),
            ownsSocket: true
        );
        var asCalled = AsCalledAsync();
        try
        {
            var asCaller = await caller.AsCallerAsync(onTheWay, TestContext.Current.CancellationToken);
            return (asCaller, await asCalled, onTheWay);
        }
        catch (AuthenticationException)
        {
            await onTheWay.DisposeAsync();
            await asCalled.ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }

        async Task<Stream> AsCalledAsync()
        {
            try
            {
                return await called.AsCalledAsync(accepted, TestContext.Current.CancellationToken);
            }
            catch
            {
                await accepted.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>What goes by the wire.</summary>
    private sealed class Recording(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public List<byte> Written { get; } = [];

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            Written.AddRange(buffer.Span);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
