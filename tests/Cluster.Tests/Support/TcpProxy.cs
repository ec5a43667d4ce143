using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>A way to a port that a test can cut, block in one direction, or slow down.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, int> _open = [];
    private readonly ConcurrentDictionary<int, byte> _banned = [];
    private readonly int _target;
    private readonly Task _accepting;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, byte> _swallowed = [];
    private readonly ConcurrentDictionary<Socket, byte> _holes = [];
    private volatile bool _isCut;
    private volatile bool _blocksThere;
    private volatile bool _blocksBack;
    private long _delayTicks;
    private MemoryStream? _recording;

    /// <param name="target">Port of this machine where everything goes.</param>
    public TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How long each piece is held back, both ways.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Keeps what goes through from now on, both ways.</summary>
    public void Record() => _recording = new();

    /// <summary>What went through since <see cref="Record"/>.</summary>
    public byte[] Recorded
    {
        get
        {
            lock (_recording!)
                return _recording.ToArray();
        }
    }

    /// <summary>Resets every connection, and every new one at once.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _open.Keys)
            Close(socket);
    }

    /// <summary>Resets every connection that a process has or makes, until it is mended.</summary>
    public void CutFrom(int process)
    {
        _banned[process] = 0;
        foreach (var (socket, port) in _open)
            if (SocketOwner.Is(process, port))
                Close(socket);
    }

    /// <summary>Swallows without a word what goes to the target, what comes back, or both: as a lost route does.</summary>
    public void Block(bool there, bool back) => (_blocksThere, _blocksBack) = (there, back);

    /// <summary>Swallows without a word what a process says and is told here, on connections that it has or makes, until it is mended.</summary>
    public void SwallowFrom(int process)
    {
        _swallowed[process] = 0;
        foreach (var (socket, port) in _open)
            if (SocketOwner.Is(process, port))
                _holes[socket] = 0;
    }

    /// <summary>Lets everything through again. What was swallowed is lost, so broken streams are closed.</summary>
    public void Mend()
    {
        var hasSwallowed = _blocksThere || _blocksBack;
        _swallowed.Clear();
        foreach (var socket in _holes.Keys)
            Close(socket);
        _holes.Clear();
        (_isCut, _blocksThere, _blocksBack) = (false, false, false);
        _banned.Clear();
        if (hasSwallowed)
            foreach (var socket in _open.Keys)
                Close(socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Cut();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var caller = await _listener.AcceptSocketAsync(_end.Token);
                var port = ((IPEndPoint)caller.RemoteEndPoint!).Port;
                if (_isCut || _banned.Keys.Any(process => SocketOwner.Is(process, port)))
                    Close(caller);
                else
                    _ = ServeAsync(caller);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // Ended, or one caller left before it was let in.
            }
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        var target = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var port = ((IPEndPoint)caller.RemoteEndPoint!).Port;
        _open[caller] = _open[target] = port;
        if (_swallowed.Keys.Any(process => SocketOwner.Is(process, port)))
            _holes[caller] = _holes[target] = 0;
        try
        {
            await target.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
            caller.NoDelay = target.NoDelay = true;
            await Task.WhenAny(
                CopyAsync(caller, target, () => _blocksThere || _holes.ContainsKey(caller)),
                CopyAsync(target, caller, () => _blocksBack || _holes.ContainsKey(target))
            );
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Nobody listens there: the caller learns it by the closed connection.
        }
        finally
        {
            Close(caller);
            Close(target);
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Func<bool> isBlocked)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), _end.Token) is > 0 and var read)
            {
                if (_recording is { } recording)
                    lock (recording)
                        recording.Write(buffer, 0, read);
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, _end.Token);
                if (!isBlocked())
                    await to.SendAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private void Close(Socket socket)
    {
        if (_open.TryRemove(socket, out _))
            socket.Close(0); // a reset, not a goodbye
        else
            socket.Dispose();
    }
}
