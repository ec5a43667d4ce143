using System.Diagnostics;

namespace MMOrleans.Bench;

/// <summary>Whether a long run needs more memory than a short one: resident size late in a run beside early in it.</summary>
internal static class Memory
{
    private const double Allowed = 0.05;
    private const int Trainers = 2;

    /// <summary>Of each class and epoch; ten classes: 39 rounds of 128 images.</summary>
    private const int PerClass = 500;

    /// <param name="rounds">Rounds of the run.</param>
    /// <param name="early">First round of the first window, and the length of both.</param>
    /// <param name="output">Lines.</param>
    public static async Task<bool> RunAsync(int rounds, int early, TextWriter output)
    {
        await output.WriteLineAsync(
            $"memory: resnet20, 16×16 images, {Trainers} trainers in this process, resident size over rounds {early}–{2 * early} and {rounds - early}–{rounds}"
        );
        var specification = BenchSpecification.Of(
            "synthetic",
            "resnet20",
            slots: 4,
            batch: 128,
            PerClass,
            epochs: 1 + (rounds * 128 / (PerClass * 10))
        );
        var sizes = new List<(long Round, long Bytes)>();
        using var process = Process.GetCurrentProcess();
        await using (var run = await MeasuredRun.StartAsync(specification, Trainers, null, rounds))
        {
            await foreach (var update in run.UpdatesAsync())
            {
                process.Refresh();
                sizes.Add((update.Progress.Round, process.WorkingSet64));
            }
        }

        var before = Median(sizes, early, 2 * early);
        var late = Median(sizes, rounds - early, rounds);
        var growth = (late / before) - 1;
        var met = growth <= Allowed;
        await output.WriteLineAsync(
            $"  early {before / (1 << 20):F1} MiB   late {late / (1 << 20):F1} MiB   growth {100 * growth:F1} %   target ≤ {100 * Allowed:F0} %: {(met ? "met" : "MISSED")}"
        );
        return met;
    }

    private static double Median(List<(long Round, long Bytes)> sizes, long from, long to)
    {
        var chosen = sizes
            .Where(s => s.Round >= from && s.Round <= to)
            .Select(s => (double)s.Bytes)
            .Order()
            .ToArray();
        return chosen.Length > 0
            ? chosen[chosen.Length / 2]
            : throw new InvalidOperationException(
                $"No reading fell into rounds {from} to {to}; the machine is too fast for this window."
            );
    }
}
