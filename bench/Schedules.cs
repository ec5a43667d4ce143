using System.Collections.Concurrent;
using System.Diagnostics;
using MMOrleans.Grains.Tests.Simulation;

namespace MMOrleans.Bench;

/// <summary>Schedules of faults on the protocol in virtual time, for as long as one likes, from a seed on that no test plays.</summary>
internal static class Schedules
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <param name="minutes">How long.</param>
    /// <param name="from">The first seed; every kind plays all that follow.</param>
    /// <param name="output">Takes the count each minute, and what was violated.</param>
    /// <returns>Whether nothing was.</returns>
    public static async Task<bool> RunAsync(double minutes, int from, TextWriter output)
    {
        await output.WriteLineAsync(
            $"schedules: {ScheduleKind.All.Count} kinds ({string.Join(", ", ScheduleKind.All.Select(k => k.Name))}), seeds from {from}, {minutes} min"
        );
        var clock = Stopwatch.StartNew();
        var played = 0L;
        var violations = new ConcurrentQueue<string>();
        var next = from - 1;
        var playing = Task.WhenAll(
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        while (clock.Elapsed < TimeSpan.FromMinutes(minutes))
                        {
                            var seed = Interlocked.Increment(ref next);
                            foreach (var kind in ScheduleKind.All)
                            {
                                foreach (var violation in kind.Play(seed).Violations)
                                    violations.Enqueue($"{kind.Name}: {violation}");
                                Interlocked.Increment(ref played);
                            }
                        }
                    })
                )
        );
        do
        {
            await Task.WhenAny(playing, Task.Delay(Between));
            await output.WriteLineAsync(
                $"  {clock.Elapsed:h\\:mm\\:ss}  {Interlocked.Read(ref played)} schedules, {violations.Count} violations"
            );
        } while (!playing.IsCompleted);

        await playing;
        foreach (var violation in violations)
            await output.WriteLineAsync($"  VIOLATION {violation}");
        if (!violations.IsEmpty)
            await output.WriteLineAsync(
                "  play one again with its log: MM_SIMULATION_SEED=SEED and the test of its kind in ProtocolTests"
            );
        return violations.IsEmpty;
    }
}
