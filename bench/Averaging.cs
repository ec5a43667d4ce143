using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MMOrleans.Bench;

/// <summary>Averaging vectors between processes by grain calls, beside another program's all-reduce on the same machine.</summary>
internal static class Averaging
{
    private const int Repeats = 15;
    private static readonly int[] Sizes = [464_154, 2_500_000, 25_000_000];
    private static readonly int[] Workers = [2, 4];

    public static async Task<bool> RunAsync(Peer peer, int pairs, TextWriter output)
    {
        await output.WriteLineAsync(
            $"averaging: float32 vectors between processes of this machine, {Repeats} rounds after 3, {pairs} interleaved pairs"
        );
        foreach (var workers in Workers)
        {
            var measured = Sizes.ToDictionary(size => size, _ => new List<(double, double)>());
            var times = Sizes.ToDictionary(size => size, _ => new List<double>());
            for (var pair = 0; pair < pairs; pair++)
            {
                var ours = await OursAsync(workers);
                var theirs = await PeerAsync(peer, workers);
                foreach (var size in Sizes)
                {
                    measured[size].Add((ours[size], theirs[size]));
                    times[size].Add(ours[size]);
                }
            }

            foreach (var size in Sizes)
            {
                // Each sends and is sent all of the vector but its own share; a ring moves as much.
                var bytes = 2.0 * (workers - 1) * size * sizeof(float);
                await output.WriteLineAsync(
                    $"  {workers} processes  {size / 1e6, 5:F1} M numbers  {1000 * times[size].Order().ElementAt(pairs / 2), 8:F1} ms a round"
                        + $"   {bytes / 1e6, 7:F1} MB a round   time over peer {Ratios.Of(measured[size])}"
                );
            }
        }

        return true; // a comparison, not a target
    }

    private static async Task<Dictionary<int, double>> OursAsync(int workers)
    {
        var ports = SiloProcesses.FreePorts(2 * workers);
        var processes = Enumerable
            .Range(0, workers)
            .Select(index =>
                Peer.Start(
                    "dotnet",
                    [
                        Path.Combine(AppContext.BaseDirectory, "MMOrleans.Bench.dll"),
                        .. AveragingWorker.Arguments(index, workers, ports, Repeats, Sizes),
                    ]
                )
            )
            .ToList();
        try
        {
            return await ReadAsync(processes[0], Sizes.Length);
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }
        }
    }

    private static async Task<Dictionary<int, double>> PeerAsync(Peer peer, int workers)
    {
        using var process = peer.Start([
            "--workers",
            workers.ToString(CultureInfo.InvariantCulture),
            "--repeats",
            Repeats.ToString(CultureInfo.InvariantCulture),
            "--elements",
            .. Sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)),
        ]);
        var times = await ReadAsync(process, Sizes.Length);
        await process.WaitForExitAsync();
        return times;
    }

    private static async Task<Dictionary<int, double>> ReadAsync(Process process, int lines)
    {
        var times = new Dictionary<int, double>();
        while (times.Count < lines)
        {
            var line =
                await process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException(
                    $"{process.StartInfo.FileName} ended after {times.Count} of {lines} sizes; its error output is above."
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
