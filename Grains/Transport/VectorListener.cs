using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>Takes vectors that other silos send over connections of their own.</summary>
/// <remarks>
/// It listens from the first invitation on. A caller sends the key of its invitation first, which it was given in a grain call; without a
/// valid key the connection is closed. Safe for any number of threads.
/// </remarks>
internal sealed partial class VectorListener(
    TransportSettings settings,
    IConnectionSecurity security,
    TimeProvider clock,
    ILogger<VectorListener> logger
) : IDisposable
{
    /// <summary>Bytes of one connection that may wait for the calls that name them.</summary>
    private const long MostWaiting = 256 << 20;

    /// <summary>Callers that have not said their key yet.</summary>
    private const int MostStrangers = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan InvitationAge = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Invitation> _invitations = [];
    private readonly ConcurrentDictionary<ulong, VectorInbox> _inboxes = new();
    private readonly CancellationTokenSource _over = new();
    private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(VectorFrame.Largest, 256);
    private readonly ILogger _logger = logger;
    private TcpListener? _listener;
    private int _strangers;

    /// <summary>Invites a silo; what invited it before, or connects it, is void.</summary>
    /// <returns>Null where vectors are not taken over connections, or the port is not to be had.</returns>
    public VectorAddress? Invite(string silo)
    {
        if (!settings.HasConnections)
            return null;
        lock (_lock)
        {
            if (_over.IsCancellationRequested || !Listen())
                return null;
            Close(silo);
            var key = Random<UInt128>();
            var connection = Random<ulong>();
            _invitations.Add(key, new(silo, connection, clock.GetTimestamp()));
            // From now on, since the first call may be here before the connection has been looked at.
            _inboxes[connection] = new(silo, MostWaiting, clock);
            return new(
                settings.Address.ToString(),
                ((IPEndPoint)_listener!.LocalEndpoint).Port,
                key,
                connection
            );
        }
    }

    /// <summary>What comes over a connection; null where there is none by that name.</summary>
    public VectorInbox? Find(ulong connection) => _inboxes.GetValueOrDefault(connection);

    /// <summary>Nothing is taken from a silo any more until it is invited again.</summary>
    public void Close(string silo)
    {
        lock (_lock)
        {
            foreach (var (key, invitation) in _invitations.ToList())
                if (invitation.Silo == silo || clock.GetElapsedTime(invitation.Since) > InvitationAge)
                {
                    _invitations.Remove(key);
                    Close(invitation.Connection);
                }

            foreach (var (connection, inbox) in _inboxes)
                if (inbox.Silo == silo)
                    Close(connection);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _over.Cancel();
            _listener?.Dispose();
            foreach (var connection in _inboxes.Keys)
                Close(connection);
        }
    }

    private void Close(ulong connection)
    {
        if (_inboxes.TryRemove(connection, out var inbox))
            inbox.Close();
    }

    private bool Listen()
    {
        if (_listener is not null)
            return true;
        var listener = new TcpListener(settings.ListenAt);
        try
        {
            listener.Start();
        }
        catch (SocketException refused)
        {
            listener.Dispose();
            LogNotListening(refused, settings.ListenAt);
            return false;
        }

        _listener = listener;
        _ = AcceptAsync(listener);
        return true;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(_over.Token).ConfigureAwait(false);
                if (Interlocked.Increment(ref _strangers) > MostStrangers)
                {
                    Interlocked.Decrement(ref _strangers);
                    socket.Dispose();
                    continue;
                }

                _ = ReceiveAsync(socket);
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException refused)
            {
                LogNotAccepted(refused); // such as too many open files: the next one may be let in
                await Task.Delay(Patience, clock, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ReceiveAsync(Socket socket)
    {
        Invitation? invitation = null;
        Stream? stream = null;
        try
        {
            (invitation, stream) = await WelcomeAsync(socket).ConfigureAwait(false);
            if (invitation is not null && Find(invitation.Connection) is { } inbox)
            {
                _ = inbox.Closed.ContinueWith(_ => stream.Dispose(), TaskScheduler.Default);
                await ReceiveAsync(stream, inbox).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever ends one connection must not end the others.
        catch (Exception ended)
#pragma warning restore CA1031
        {
            LogEnded(ended, invitation?.Silo ?? "a stranger");
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            if (invitation is not null)
                Close(invitation.Connection);
        }
    }

    /// <summary>Who has connected; no invitation for a stranger.</summary>
    private async Task<(Invitation? Invitation, Stream Stream)> WelcomeAsync(Socket socket)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            patience.CancelAfter(Patience);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            stream = await security.AsCalledAsync(stream, patience.Token).ConfigureAwait(false);
            var said = new byte[VectorFrame.KeyLength];
            await stream.ReadExactlyAsync(said, patience.Token).ConfigureAwait(false);
            lock (_lock)
                return (
                    _invitations.Remove(BinaryPrimitives.ReadUInt128LittleEndian(said), out var invitation)
                        ? invitation
                        : null,
                    stream
                );
        }
        finally
        {
            Interlocked.Decrement(ref _strangers);
        }
    }

    private async Task ReceiveAsync(Stream stream, VectorInbox inbox) // until the stream ends or is disposed
    {
        var head = new byte[VectorFrame.HeadLength];
        var tail = new byte[VectorFrame.TailLength];
        while (true)
        {
            await stream.ReadExactlyAsync(head).ConfigureAwait(false);
            var (number, length) = VectorFrame.ReadHead(head);
            var chunk = VectorChunk.Rent(_pool, length, out var bytes);
            try
            {
                await stream.ReadExactlyAsync(bytes).ConfigureAwait(false);
                await stream.ReadExactlyAsync(tail).ConfigureAwait(false);
            }
            catch
            {
                chunk.Dispose();
                throw;
            }

            if (tail[0] == 1)
                inbox.Add(number, chunk);
            else
            {
                chunk.Dispose();
                inbox.Add(number, null);
            }
        }
    }

    private static T Random<T>()
        where T : unmanaged
    {
        var number = default(T);
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<T>(ref number)));
        return number;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Vectors are taken in calls only: {Endpoint} is not to be had for connections from other silos"
    )]
    private partial void LogNotListening(Exception exception, IPEndPoint endpoint);

    [LoggerMessage(LogLevel.Warning, "A connection for vectors was not accepted")]
    private partial void LogNotAccepted(Exception exception);

    [LoggerMessage(LogLevel.Debug, "The connection for vectors from {Silo} ended")]
    private partial void LogEnded(Exception exception, string silo);

    private sealed record Invitation(string Silo, ulong Connection, long Since);
}
