namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Arrays of one length for contributions and results, used again once nobody reads them; after a few rounds nothing is allocated.</summary>
internal sealed class BufferPool(int bytes)
{
    private readonly Stack<LentArray> _free = new();

    /// <summary>Arrays to be used again.</summary>
    public int Free => _free.Count;

    public LentArray Take() => _free.TryPop(out var array) ? array : new(new byte[bytes]);

    /// <summary>Takes back what is free and lets go of the rest.</summary>
    public void Return(IEnumerable<LentArray> arrays)
    {
        foreach (var array in arrays)
            if (array.IsFree)
                _free.Push(array);
    }
}
