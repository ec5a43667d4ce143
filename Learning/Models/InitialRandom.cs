namespace MMOrleans.Learning.Models;

/// <summary>The random numbers of one tensor's first values: a pure function of the seed and the tensor's place.</summary>
/// <remarks>
/// Never torch's generator, which is one per process and differs between devices. Counter-based: SplitMix64's finaliser over a counter
/// that starts at a mixed key.
/// </remarks>
public sealed class InitialRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _counter;

    internal InitialRandom(long seed, int tensor) =>
        _counter = Mix(unchecked(Mix(unchecked((ulong)seed + Golden)) + (ulong)tensor * Golden));

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1ul << 53));

    /// <summary>Normal(0, 1), by Box and Muller's cosine form.</summary>
    public double NextGaussian()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble())); // 1 − u lies in (0, 1]: the logarithm is finite
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    private ulong Next() => Mix(_counter = unchecked(_counter + Golden));

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
