namespace MMOrleans.Grains.Transport;

/// <summary>Arrays of this process: others get copies.</summary>
internal sealed class ManagedMemory : IVectorMemory
{
    public static ManagedMemory Instance { get; } = new();

    /// <inheritdoc/>
    public Memory<byte> Take(int bytes) => new byte[bytes];
}
