using System.Numerics;

namespace MMOrleans.Runs.Imbalance;

/// <summary>MT19937 with 32-bit seeding: only to choose the same subset of images as published code does.</summary>
/// <remarks>Source: Matsumoto and Nishimura 1998.</remarks>
public sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Middle = 397;
    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <param name="seed">Any 32 bits.</param>
    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1u; i < Length; i++)
            _state[i] = unchecked((1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + i);
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (_next == Length)
            Twist();
        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680u;
        y ^= (y << 15) & 0xEFC60000u;
        return y ^ (y >> 18);
    }

    /// <summary>Uniform in 0 … <paramref name="largest"/> by masked rejection; every draw takes a whole output.</summary>
    public uint UpTo(uint largest)
    {
        if (largest == 0)
            return 0;
        var mask = uint.MaxValue >> BitOperations.LeadingZeroCount(largest);
        uint value;
        do value = Next() & mask;
        while (value > largest);
        return value;
    }

    private void Twist()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Length] & 0x7FFFFFFFu);
            _state[i] = _state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DFu);
        }

        _next = 0;
    }
}
