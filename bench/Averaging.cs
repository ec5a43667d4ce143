using System.Globalization;
using System.Text.Json;

namespace MMOrleans.Bench;

/// <summary>Averaging vectors between processes of one machine, beside another program's all-reduce.</summary>
internal static class Averaging
{
    private static readonly int[] Workers = [2, 4];

    /// <param name="peer">The other program.</param>
    /// <param name="pairs">Pairs of measurements.</param>
    /// <param name="repeats">Rounds of each.</param>
    /// <param name="sizes">Numbers in a vector.</param>
    /// <param name="transport">How vectors go: memory, connection or calls.</param>
    /// <param name="target">Most of the peer's time that a round may take.</param>
    /// <param name="output">Lines.</param>
    /// <returns>Whether every size met the target.</returns>
    public static async Task<bool> RunAsync(
        Peer peer,
        int pairs,
        int repeats,
        int[] sizes,
        string transport,
        double target,
        TextWriter output
    )
    {
        await output.WriteLineAsync(
            $"averaging: float32 vectors between processes of this machine by {transport}, {repeats} rounds in steady state, {pairs} interleaved pairs"
        );
        var isMet = true;
        foreach (var workers in Workers)
        {
            var measured = sizes.ToDictionary(size => size, _ => new List<(double, double)>());
            var times = sizes.ToDictionary(size => size, _ => new List<double>());
            for (var pair = 0; pair < pairs; pair++)
            {
                var ours = await OursAsync(workers, repeats, sizes, transport);
                var theirs = await PeerAsync(peer, workers, repeats, sizes);
                foreach (var size in sizes)
                {
                    measured[size].Add((ours[size], theirs[size]));
                    times[size].Add(ours[size]);
                }
            }

            foreach (var size in sizes)
            {
                // Each sends and is sent all of the vector but its own share; a ring moves as much.
                var bytes = 2.0 * (workers - 1) * size * sizeof(float);
                var isSizeMet = Ratios.Of(measured[size]).Median <= target;
                isMet &= isSizeMet;
                await output.WriteLineAsync(
                    $"  {workers} processes  {size / 1e6, 5:F1} M numbers  {1000 * times[size].Order().ElementAt(pairs / 2), 8:F1} ms a round"
                        + $"   {bytes / 1e6, 7:F1} MB a round   time over peer {Ratios.Of(measured[size])}   target ≤ {target}: {(isSizeMet ? "met" : "MISSED")}"
                );
            }
        }

        return isMet;
    }

    private static async Task<Dictionary<int, double>> OursAsync(
        int workers,
        int repeats,
        int[] sizes,
        string transport
    )
    {
        var ports = SiloProcesses.FreePorts(2 * workers);
        var processes = Enumerable
            .Range(0, workers)
            .Select(index =>
                BoundProcess.StartBench(
                    AveragingWorker.Arguments(index, workers, ports, repeats, sizes, transport)
                )
            )
            .ToList();
        try
        {
            return await ReadAsync(processes[0], sizes.Length);
        }
        finally
        {
            foreach (var process in processes)
            {
                await process.EndAsync();
                process.Dispose();
            }
        }
    }

    private static async Task<Dictionary<int, double>> PeerAsync(
        Peer peer,
        int workers,
        int repeats,
        int[] sizes
    )
    {
        using var process = peer.Start([
            "--workers",
            workers.ToString(CultureInfo.InvariantCulture),
            "--repeats",
            repeats.ToString(CultureInfo.InvariantCulture),
            "--elements",
            .. sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)),
        ]);
        var times = await ReadAsync(process, sizes.Length);
        await process.WaitForExitAsync();
        return times;
    }

    private static async Task<Dictionary<int, double>> ReadAsync(BoundProcess process, int lines)
    {
        var times = new Dictionary<int, double>();
        while (times.Count < lines)
        {
            var line =
                await process.Output.ReadLineAsync()
                ?? throw new InvalidOperationException(
                    $"A process that averages ended after {times.Count} of {lines} sizes; its error output is above."
                );
            if (!line.StartsWith('{'))
            {
                continue;
            }

            using var json = JsonDocument.Parse(line);
            times.Add(
                json.RootElement.GetProperty("elements").GetInt32(),
                json.RootElement.GetProperty("median_s").GetDouble()
            );
        }

        return times;
    }
}
