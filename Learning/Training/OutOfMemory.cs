using System.Globalization;
using System.Text.RegularExpressions;

namespace MMOrleans.Learning.Training;

/// <summary>Tells an allocation that failed from other faults of the native library, which throws them all as one kind with a text.</summary>
public static partial class OutOfMemory
{
    /// <summary>What a fault says of memory.</summary>
    /// <returns>Bytes wanted and bytes free, null where the text does not say; null altogether when it is about something else.</returns>
    public static (long? Wanted, long? Free)? Of(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is OutOfMemoryException || Words().IsMatch(inner.Message))
                return (Bytes(Wanted().Match(inner.Message)), Bytes(Free().Match(inner.Message)));
        }

        return null;
    }

    private static long? Bytes(Match match) =>
        match.Success
        && double.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var number)
            ? (long)(
                number
                * match.Groups[2].Value switch
                {
                    "KiB" => 1 << 10,
                    "MiB" => 1 << 20,
                    "GiB" => 1 << 30,
                    _ => 1,
                }
            )
            : null;

    // Of libtorch 2.10: its allocator for the CPU, and the one for CUDA.
    [GeneratedRegex("can't allocate memory|out of memory|Cannot allocate memory")]
    private static partial Regex Words();

    [GeneratedRegex(@"[Tt]ried to allocate ([\d.]+) ?(bytes|KiB|MiB|GiB)")]
    private static partial Regex Wanted();

    [GeneratedRegex(@"of which ([\d.]+) ?(bytes|KiB|MiB|GiB) is free")]
    private static partial Regex Free();
}
