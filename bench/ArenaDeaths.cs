using System.Diagnostics;
using System.Globalization;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Bench;

/// <summary>Vectors read from the memory of processes that are killed at any moment: every number is of the vector that was named, or the reader knows.</summary>
internal static class ArenaDeaths
{
    private const int MostMilliseconds = 300; // of a life, from its first vector on

    /// <param name="kills">Processes that are killed.</param>
    /// <param name="elements">Numbers in a vector.</param>
    /// <param name="seed">Of the moments.</param>
    /// <param name="output">Lines.</param>
    /// <returns>Whether no wrong number was read, and nothing was left behind.</returns>
    public static async Task<bool> RunAsync(int kills, int elements, int seed, TextWriter output)
    {
        var random = new Random(seed);
        var before = Left();
        var (intact, gone, wrong) = (0L, 0L, 0L);
        for (var kill = 0; kill < kills; kill++)
        {
            using var writer = BoundProcess.StartBench(ArenaWriter.Arguments(elements));
            var arena =
                ForeignArena.TryOpen(ArenaWriter.Address(await LineAsync(writer)))
                ?? throw new InvalidOperationException(
                    "The arena of a process of this bench was not opened."
                );
            var life = random.Next(MostMilliseconds);
            var clock = Stopwatch.StartNew();
            var isKilled = false;
            while (await writer.Output.ReadLineAsync() is { } line)
            {
                var (reference, value) = ArenaWriter.Vector(line);
                if (!isKilled && clock.ElapsedMilliseconds >= life)
                {
                    // While it is read: what it was writing then stays half written.
                    _ = writer.EndAsync();
                    isKilled = true;
                }

                if (arena.Find(reference) is not { } chunk)
                    throw new InvalidDataException($"{reference} leads nowhere.");
                var isUniform = !chunk.As<float>().ContainsAnyExcept(value);
                if (!chunk.IsIntact)
                    gone++;
                else if (isUniform)
                    intact++;
                else
                    wrong++;
            }

            await writer.EndAsync();
        }

        var left = Left().Except(before).ToList();
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"arena: {kills} processes killed at any moment (seed {seed}), vectors of {elements / 1e6:F1} M numbers: {intact} read whole, {gone} known to be written anew, {wrong} wrong; left in /dev/shm: {left.Count}"
            )
        );
        return wrong == 0 && left.Count == 0;
    }

    private static async Task<string> LineAsync(BoundProcess process) =>
        await process.Output.ReadLineAsync()
        ?? throw new InvalidOperationException("A process that writes vectors ended before it began.");

    private static HashSet<string> Left() =>
        Directory.Exists("/dev/shm") ? [.. Directory.EnumerateFileSystemEntries("/dev/shm")] : [];
}
