namespace MMOrleans.Grains.Transport;

/// <summary>Where the vectors lie that are given to others.</summary>
internal interface IVectorMemory
{
    /// <summary>Memory for a vector, not cleared.</summary>
    /// <param name="bytes">How much.</param>
    Memory<byte> Take(int bytes);
}
