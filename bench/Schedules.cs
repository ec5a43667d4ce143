using System.Diagnostics;
using MMOrleans.Grains.Tests.Simulation;

namespace MMOrleans.Bench;

/// <summary>Schedules of faults on the protocol in virtual time, from a seed on that no test plays.</summary>
internal static class Schedules
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <param name="limit">How long, and up to which seed.</param>
    /// <param name="from">The first seed; every kind plays all that follow.</param>
    /// <param name="only">The one kind to be played; null for all. Of one seed of one kind the log is shown.</param>
    /// <param name="output">Takes the count each minute, what was violated, and the line for the table of simulated time.</param>
    /// <returns>Whether nothing was.</returns>
    public static async Task<bool> RunAsync(ScheduleLimit limit, int from, string? only, TextWriter output)
    {
        IReadOnlyList<ScheduleKind> kinds = only is null ? ScheduleKind.All : [ScheduleKind.Of(only)];
        if (kinds is [var one] && limit.Seeds == 1)
            return await ShowAsync(one, from, output);
        await output.WriteLineAsync(
            $"schedules: {kinds.Count} kinds ({string.Join(", ", kinds)}), seeds from {from}, {limit}"
        );
        var clock = Stopwatch.StartNew();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var played = new SimulatedTime(from);
        var next = from - 1;
        var playing = Task.WhenAll(
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        while (
                            clock.Elapsed < limit.Time
                            && Interlocked.Increment(ref next) is var seed
                            && seed - from < limit.Seeds
                        )
                            foreach (var kind in kinds)
                            {
                                played.Add(kind, kind.Play(seed));
                                if (seed % ScheduleKind.SeedsAnEndurance == 0)
                                    played.Add(kind, kind.Endure(seed));
                            }
                    })
                )
        );
        do
        {
            await Task.WhenAny(playing, Task.Delay(Between));
            await output.WriteLineAsync(
                $"  {clock.Elapsed:h\\:mm\\:ss}  {played.Schedules} schedules, {played.Violations.Count} violations"
            );
        } while (!playing.IsCompleted);

        await playing;
        foreach (var violation in played.Violations)
            await output.WriteLineAsync($"  VIOLATION {violation}");
        if (!played.Violations.IsEmpty)
            await output.WriteLineAsync(
                "  one of them again, with its log: bench schedules --kind KIND --from SEED --seeds 1"
            );
        foreach (var (kind, share) in played.LeastSpeeds)
            await output.WriteLineAsync(
                $"  {kind}: after its faults {share:F2} of the usual speed, at least"
            );
        await output.WriteLineAsync(
            played.Line(
                Process.GetCurrentProcess().TotalProcessorTime - cpu,
                await SimulatedTime.CommitAsync(),
                kinds.Count
            )
        );
        return played.Violations.IsEmpty;
    }

    private static async Task<bool> ShowAsync(ScheduleKind kind, int seed, TextWriter output)
    {
        var schedules = new List<Schedule> { kind.Play(seed, isLogged: true) };
        if (seed % ScheduleKind.SeedsAnEndurance == 0)
            schedules.Add(kind.Endure(seed, isLogged: true));
        foreach (
            var line in schedules.SelectMany(schedule =>
                schedule.Log.Concat(schedule.Trainers).Concat(schedule.Violations)
            )
        )
            await output.WriteLineAsync(line);
        return schedules.All(schedule => schedule.Violations.Count == 0);
    }
}
