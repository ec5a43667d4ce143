using System.Buffers.Binary;
using System.Net.Sockets;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>This end of a connection over which another silo is sent vectors, from where they lie.</summary>
/// <remarks>A connection of its own, so that heartbeats never wait behind vectors. Safe for any number of threads.</remarks>
internal sealed class VectorSender : IDisposable
{
    /// <summary>Longest time for one frame, or for the handshake: a link that is slower than that is no link.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _head = new byte[VectorFrame.HeadLength];
    private readonly byte[] _tail = new byte[VectorFrame.TailLength];
    private readonly Stream _stream;
    private readonly ulong _connection;
    private CancellationTokenSource _patience = new();
    private ulong _last;
    private volatile bool _isBroken;

    private VectorSender(Stream stream, ulong connection) => (_stream, _connection) = (stream, connection);

    /// <summary>Whether nothing can be sent over it any more.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Connects to where another silo has invited this one.</summary>
    /// <exception cref="IOException">Nobody answers there.</exception>
    /// <exception cref="SocketException">The same.</exception>
    /// <exception cref="OperationCanceledException">Nor in time.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It is no member of the cluster.</exception>
    public static async Task<VectorSender> ConnectAsync(VectorAddress address, IConnectionSecurity security)
    {
        using var patience = new CancellationTokenSource(Patience);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, patience.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            stream = await security.AsCallerAsync(stream, patience.Token).ConfigureAwait(false);
            var key = new byte[VectorFrame.KeyLength];
            BinaryPrimitives.WriteUInt128LittleEndian(key, address.Key);
            await stream.WriteAsync(key, patience.Token).ConfigureAwait(false);
            return new(stream, address.Connection);
        }
        catch
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a chunk once those before it are sent.</summary>
    /// <returns>What the receiver calls it; null where it was not sent: the connection is broken, or the chunk's memory was written anew.</returns>
    public async ValueTask<ChunkReference?> SendAsync(VectorChunk chunk)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isBroken)
                return null;
            var number = ++_last;
            VectorFrame.WriteHead(_head, number, chunk.Length);
            if (!_patience.TryReset())
                _patience = new();
            _patience.CancelAfter(Patience);
            await _stream.WriteAsync(_head, _patience.Token).ConfigureAwait(false);
            await _stream.WriteAsync(chunk.Memory, _patience.Token).ConfigureAwait(false);
            var isIntact = chunk.IsIntact;
            _tail[0] = isIntact ? (byte)1 : (byte)0;
            await _stream.WriteAsync(_tail, _patience.Token).ConfigureAwait(false);
            return isIntact ? new(_connection, 0, number, 0, chunk.Length) : null;
        }
        catch (Exception broken)
            when (broken is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Dispose(); // half a frame may be on its way
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        _isBroken = true;
        _stream.Dispose();
    }
}
