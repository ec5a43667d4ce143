using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>The hash by which two states are called equal: <c>state_sha256</c>.</summary>
public static class StateHash
{
    /// <summary>SHA-256 over parameters, momentum and buffers in model order as little-endian float32, then the round as int64.</summary>
    /// <param name="parameters">Flat, in model order.</param>
    /// <param name="momentum">As long as the parameters.</param>
    /// <param name="buffers">Flat, in model order.</param>
    /// <param name="round">The round that starts from this state.</param>
    /// <returns>Lower-case hexadecimal.</returns>
    public static string Sha256(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> momentum,
        ReadOnlySpan<float> buffers,
        long round
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(parameters));
        hash.AppendData(MemoryMarshal.AsBytes(momentum));
        hash.AppendData(MemoryMarshal.AsBytes(buffers));
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, round);
        hash.AppendData(number);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
