namespace MMOrleans.Grains.Transport;

/// <summary>What a trainer or a segment takes of the arena, and gives back whole when it is over.</summary>
/// <param name="arena">The process's; null where it has none.</param>
internal sealed class ArenaScope(Arena? arena) : IVectorMemory, IDisposable
{
    private readonly List<SharedRegion> _taken = [];
    private bool _isOver;

    /// <inheritdoc/>
    public Memory<byte> Take(int bytes)
    {
        // A vector without bytes needs no region, and one that the arena has no room for is sent in calls.
        if (bytes == 0 || _isOver || arena?.Take(bytes) is not { } region)
            return new byte[bytes];
        _taken.Add(region);
        return region.Memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        foreach (var region in _taken)
            arena!.Return(region);
        _taken.Clear();
    }
}
