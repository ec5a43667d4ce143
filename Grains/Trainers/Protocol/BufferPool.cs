using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Vectors of one length for contributions and results, used again once nobody reads them; after a few rounds nothing is allocated.</summary>
internal sealed class BufferPool(int bytes, IVectorMemory memory)
{
    private readonly Stack<LentArray> _free = new();
    private readonly List<LentArray> _lent = []; // to calls that have not ended

    /// <summary>Vectors to be used again, now or once their calls have ended.</summary>
    public int Kept => _free.Count + _lent.Count;

    public LentArray Take()
    {
        for (var i = _lent.Count - 1; i >= 0; i--)
            if (_lent[i] is { IsFree: true } or { IsLost: true })
            {
                Return([_lent[i]]);
                _lent.RemoveAt(i);
            }

        var array = _free.TryPop(out var free) ? free : new(memory.Take(bytes));
        array.Renew();
        return array;
    }

    /// <summary>Takes vectors back, and lets go of those that never come back.</summary>
    public void Return(IEnumerable<LentArray> arrays)
    {
        foreach (var array in arrays)
            if (array.IsFree)
                _free.Push(array);
            else if (!array.IsLost)
                _lent.Add(array);
    }
}
