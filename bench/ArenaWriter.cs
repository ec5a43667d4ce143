using System.Globalization;
using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Bench;

/// <summary>A process that writes vectors into its arena, one value a vector, and says where each is once it is written, until it is killed.</summary>
internal static class ArenaWriter
{
    public const string Verb = "arena-writer";

    private const int Regions = 2; // a reader that is slow finds the first of them written anew

    /// <summary>Arguments that start one.</summary>
    public static IEnumerable<string> Arguments(int elements) =>
        [Verb, elements.ToString(CultureInfo.InvariantCulture)];

    public static void Run(string[] args)
    {
        var elements = int.Parse(args[1], CultureInfo.InvariantCulture);
        var arena = Arena.Create((long)Regions * (elements + ArenaLayout.Page) * sizeof(float));
        Say(Written(arena.Address));
        var regions = Enumerable
            .Range(0, Regions)
            .Select(_ => arena.Take(elements * sizeof(float))!)
            .ToArray();
        for (var value = 1; ; value++)
        {
            var region = regions[value % Regions];
            region.Renew();
            MemoryMarshal.Cast<byte, float>(region.GetSpan()).Fill(value);
            Say($"{Written(region.Refer(region.Version, 0, region.Length))} {value}");
        }
    }

    /// <summary>An address as it is said.</summary>
    public static ArenaAddress Address(string line)
    {
        var said = Numbers(line);
        return new((int)said[0], (int)said[1], said[2], (long)said[3]);
    }

    /// <summary>A vector as it is said, and its value.</summary>
    public static (ChunkReference Reference, float Value) Vector(string line)
    {
        var said = Numbers(line);
        return (new(said[0], (int)said[1], said[2], (long)said[3], (int)said[4]), said[5]);
    }

    private static ulong[] Numbers(string line) =>
        [.. line.Split(' ').Select(number => ulong.Parse(number, CultureInfo.InvariantCulture))];

    private static string Written(ArenaAddress address) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{address.Process} {address.Descriptor} {address.Arena} {address.Length}"
        );

    private static string Written(ChunkReference reference) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{reference.Arena} {reference.Entry} {reference.Version} {reference.Offset} {reference.Length}"
        );

    private static void Say(string line) => Console.Out.WriteLine(line);
}
