using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>What came over one connection and waits for the calls that name it.</summary>
/// <remarks>
/// A call may be lost, so that nobody asks for what came: beyond <paramref name="most"/> bytes the oldest is let go, and whoever names it
/// learns that it is not there. Safe for any number of threads.
/// </remarks>
/// <param name="silo">Who sends.</param>
/// <param name="most">Bytes that may wait.</param>
internal sealed class VectorInbox(string silo, long most)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SortedDictionary<ulong, VectorChunk> _came = []; // number to chunk
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
                _came.Add(number, chunk);
                _bytes += chunk.Length;
                while (_bytes > most)
                    LetGo(_came.First());
            }
        }

        awaited?.SetResult(chunk);
    }

    /// <summary>Takes a frame out, as soon as it has come.</summary>
    /// <returns>Null where it is not there and will not come.</returns>
    public Task<VectorChunk?> TakeAsync(ulong number)
    {
        lock (_lock)
        {
            if (_came.Remove(number, out var chunk))
            {
                _bytes -= chunk.Length;
                return Task.FromResult<VectorChunk?>(chunk);
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
            foreach (var came in _came.ToList())
                LetGo(came);
        }

        awaited.ForEach(waiting => waiting.SetResult(null));
        _closed.TrySetResult();
    }

    private void LetGo(KeyValuePair<ulong, VectorChunk> came)
    {
        _came.Remove(came.Key);
        _bytes -= came.Value.Length;
        came.Value.Dispose();
    }
}
