using System.Collections.Concurrent;
using System.Diagnostics;
using MMOrleans.Grains.Tests.Simulation;

namespace MMOrleans.Bench;

/// <summary>Adds up what schedules have played: how long clusters have lived in them, and what was violated. Safe from any thread.</summary>
/// <param name="from">The first seed.</param>
internal sealed class SimulatedTime(int from)
{
    private const double HoursAYear = 365.25 * 24;

    private readonly ConcurrentDictionary<string, double> _leastSpeeds = [];
    private long _schedules;
    private long _ticks;
    private int _seeds;

    public long Schedules => Interlocked.Read(ref _schedules);

    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>By kind: the least speed after the faults, as a share of the usual one.</summary>
    public IReadOnlyDictionary<string, double> LeastSpeeds => _leastSpeeds;

    public void Add(ScheduleKind kind, Schedule schedule)
    {
        Interlocked.Increment(ref _schedules);
        Interlocked.Add(ref _ticks, schedule.Length.Ticks);
        int seeds;
        while (schedule.Seed - from >= (seeds = Volatile.Read(ref _seeds)))
            Interlocked.CompareExchange(ref _seeds, schedule.Seed - from + 1, seeds);
        foreach (var violation in schedule.Violations)
            Violations.Enqueue($"{kind}: {violation}");
        if (schedule.ShareOfUsualSpeed is { } share)
            _leastSpeeds.AddOrUpdate(kind.Name, share, (_, least) => Math.Min(least, share));
    }

    /// <summary>The line for the table "Simulated time" in docs/reliability.md.</summary>
    /// <param name="cpu">What it took, in seconds of one core.</param>
    /// <param name="commit">Of the tree.</param>
    /// <param name="kinds">How many were played.</param>
    public string Line(TimeSpan cpu, string commit, int kinds)
    {
        var hours = TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalHours;
        return FormattableString.Invariant(
            $"| {commit} | {from} to {from + _seeds - 1} | {kinds} | {Schedules} | {hours:F0} | {hours / HoursAYear:F2} | {hours / cpu.TotalHours:F0} | {Violations.Count} |"
        );
    }

    /// <summary>The commit that is checked out, with a mark where the tree is changed; <c>unknown</c> outside of a checkout.</summary>
    public static async Task<string> CommitAsync()
    {
        var start = new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--abbrev=9"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        var said = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return git.ExitCode == 0 ? said.Trim() : "unknown";
    }
}
