namespace MMOrleans.Runs.Randomness;

/// <summary>What a stream of random numbers is for: streams of different purpose never meet.</summary>
public enum RandomPurpose
{
    /// <summary>Initial parameters.</summary>
    Initialisation = 1,

    /// <summary>Order of an epoch.</summary>
    Order = 2,

    /// <summary>Crops and flips.</summary>
    Augmentation = 3,

    /// <summary>Generated images.</summary>
    Images = 4,

    /// <summary>The seed of a companion's sampler.</summary>
    Companion = 5,

    /// <summary>Which images are held out.</summary>
    HeldOut = 6,

    /// <summary>Noise in losses.</summary>
    Noise = 7,

    /// <summary>Quarter turns of rotation pre-training.</summary>
    Rotation = 8,
}

/// <summary>Random numbers as a pure function of (seed, stream, keys): the same ones everywhere.</summary>
/// <remarks>
/// SplitMix64 (Steele, Lea and Flood 2014) from a state that mixes the keys in. Not for secrets. A mutable struct: pass it by reference
/// or keep it local.
/// </remarks>
public struct KeyedRandom
{
    private ulong _state;

    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">What the numbers are for.</param>
    /// <param name="first">First key, such as the epoch.</param>
    /// <param name="second">Second key, such as the sample.</param>
    /// <param name="third">Third key, such as the draw.</param>
    public KeyedRandom(long seed, RandomPurpose stream, long first = 0, long second = 0, long third = 0)
    {
        var state = Mix(unchecked((ulong)seed + 0x9E3779B97F4A7C15ul));
        foreach (var key in (ReadOnlySpan<long>)[(long)stream, first, second, third])
            state = Mix(unchecked((state ^ (ulong)key) + 0x9E3779B97F4A7C15ul));
        _state = state;
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64() => Mix(_state = unchecked(_state + 0x9E3779B97F4A7C15ul));

    /// <summary>Uniform in [0, <paramref name="bound"/>), without bias; bound 1 or more.</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        // Lemire 2019: the high half of a product, redrawn where the low half would favour some values.
        var threshold = unchecked((uint)-bound) % (uint)bound;
        while (true)
        {
            var product = (NextUInt64() >> 32) * (uint)bound;
            if ((uint)product >= threshold)
                return (int)(product >> 32);
        }
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1ul << 53));

    /// <summary>Standard normal, by the polar method of Marsaglia; the second value of a pair is dropped.</summary>
    public double NextGaussian()
    {
        while (true)
        {
            var (x, y) = ((2 * NextDouble()) - 1, (2 * NextDouble()) - 1);
            var square = (x * x) + (y * y);
            if (square is > 0 and < 1)
                return x * Math.Sqrt(-2 * Math.Log(square) / square);
        }
    }

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i >= 1; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A bijection of 64 bits in which every bit of the value changes about half of the result (SplitMix64's finaliser).</summary>
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ul;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBul;
            return value ^ (value >> 31);
        }
    }
}
