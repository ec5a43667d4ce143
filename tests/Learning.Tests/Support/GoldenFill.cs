namespace MMOrleans.Learning.Tests.Support;

/// <summary>The deterministic fill of the golden files' README.</summary>
internal static class GoldenFill
{
    public static uint Mix32(uint i, uint tensorIndex, uint seed)
    {
        unchecked
        {
            var h = i * 0x9E3779B1 + tensorIndex * 0x85EBCA77 + seed * 0xC2B2AE3D;
            h ^= h >> 16;
            h *= 0x7FEB352D;
            h ^= h >> 15;
            h *= 0x846CA68B;
            return h ^ (h >> 16);
        }
    }

    public static double[] Values(int count, int tensorIndex, long seed, double amplitude, double center)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            var u = (Mix32((uint)i, (uint)tensorIndex, (uint)seed) >> 8) / 16777216.0;
            values[i] = (float)(center + amplitude * (2 * u - 1));
        }

        return values;
    }
}
