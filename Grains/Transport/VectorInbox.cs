using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>What came over one connection and waits for the calls that name it.</summary>
/// <remarks>
/// If a call is lost, nobody takes its frames. Frames older than <see cref="Age"/> are dropped when the next one comes, and so are the oldest
/// beyond <paramref name="most"/> bytes; a call that names one of them is told that it is not there. Safe for any number of threads.
/// </remarks>
/// <param name="silo">Who sends.</param>
/// <param name="most">Bytes that may wait.</param>
/// <param name="clock">Time.</param>
internal sealed class VectorInbox(string silo, long most, TimeProvider clock)
{
    /// <summary>How long a frame waits for its call, which was sent right after it.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SortedDictionary<ulong, (VectorChunk Chunk, long Since)> _came = []; // by number
    private readonly Dictionary<ulong, TaskCompletionSource<VectorChunk?>> _awaited = [];
    private ulong _newest;
    private long _bytes;
    private bool _isClosed;

    /// <summary>Who sends.</summary>
    public string Silo => silo;

    /// <summary>Ends when nothing will come any more.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>A frame has come.</summary>
    /// <param name="number">Its number; they ascend.</param>
    /// <param name="chunk">Taken over; null where its memory was written anew while it was sent.</param>
    public void Add(ulong number, VectorChunk? chunk)
    {
        TaskCompletionSource<VectorChunk?>? awaited;
        lock (_lock)
        {
            _newest = number;
            if (!_awaited.Remove(number, out awaited) && chunk is not null && !_isClosed)
            {
                _came.Add(number, (chunk, clock.GetTimestamp()));
                _bytes += chunk.Length;
            }

            while (
                _came.Count > 0 && _came.First() is var oldest && (_bytes > most || IsOld(oldest.Value.Since))
            )
                LetGo(oldest.Key);
        }

        awaited?.SetResult(chunk);
    }

    /// <summary>Takes a frame out, as soon as it has come.</summary>
    /// <returns>Null where it is not there and will not come.</returns>
    public Task<VectorChunk?> TakeAsync(ulong number)
    {
        lock (_lock)
        {
            if (_came.Remove(number, out var came))
            {
                _bytes -= came.Chunk.Length;
                return Task.FromResult<VectorChunk?>(came.Chunk);
            }

            if (_isClosed || number <= _newest || _awaited.ContainsKey(number))
                return Task.FromResult<VectorChunk?>(null);
            var awaited = new TaskCompletionSource<VectorChunk?>(
                TaskCreationOptions.RunContinuationsAsynchronously
            );
            _awaited.Add(number, awaited);
            return awaited.Task;
        }
    }

    /// <summary>Nothing will come any more, and nothing that came is kept.</summary>
    public void Close()
    {
        List<TaskCompletionSource<VectorChunk?>> awaited;
        lock (_lock)
        {
            _isClosed = true;
            awaited = [.. _awaited.Values];
            _awaited.Clear();
            foreach (var number in _came.Keys.ToList())
                LetGo(number);
        }

        awaited.ForEach(waiting => waiting.SetResult(null));
        _closed.TrySetResult();
    }

    private bool IsOld(long since) => clock.GetElapsedTime(since) > Age;

    private void LetGo(ulong number)
    {
        if (!_came.Remove(number, out var came))
            return;
        _bytes -= came.Chunk.Length;
        came.Chunk.Dispose();
    }
}
