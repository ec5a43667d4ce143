namespace MMOrleans.Grains.Trainers;

/// <summary>Arrays for one trainer's contributions, used again two rounds later.</summary>
/// <remarks>
/// A round's blocks are kept until the next round has closed too: a segment that is made anew asks for them again. All arrays have one
/// length, so after two rounds nothing is allocated.
/// </remarks>
internal sealed class ContributionBuffers(int bytes)
{
    private readonly Stack<byte[]> _free = new();

    public byte[] Rent() => _free.TryPop(out var buffer) ? buffer : new byte[bytes];

    public void Return(IEnumerable<byte[]> buffers)
    {
        foreach (var buffer in buffers)
            _free.Push(buffer);
    }
}
