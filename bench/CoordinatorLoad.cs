using System.Diagnostics;
using System.Globalization;

namespace MMOrleans.Bench;

/// <summary>What share of one core it takes to lead a run of many trainers: in calm, while a silo joins, and while one dies.</summary>
/// <remarks>
/// The coordinator's own classes in virtual time. What Orleans takes for messages and the store is not in it. Garbage is: it is collected
/// where it is made.
/// </remarks>
internal static class CoordinatorLoad
{
    /// <summary>Two silos and more.</summary>
    public const int Fewest = 2 * SimulatedTrainers.OfASilo;

    private const double Target = 0.1;
    private const int TargetTrainers = 1000;

    private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5); // what is compiled meanwhile is no part of leading

    /// <summary>Most processor time that a line is worth; what it took until then says enough.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="sizes">Trainers of each run.</param>
    /// <param name="seconds">Of each part, simulated.</param>
    /// <param name="output">Lines.</param>
    /// <returns>Whether runs of up to 1,000 trainers take no more than the target in any part.</returns>
    public static async Task<bool> RunAsync(IReadOnlyList<int> sizes, int seconds, TextWriter output)
    {
        await output.WriteLineAsync(
            $"coordinator: {SimulatedTrainers.OfASilo} trainers a silo, two heartbeats a second each, two rounds a second; share of one core"
        );
        var met = true;
        foreach (var size in sizes)
        {
            var length = TimeSpan.FromSeconds(seconds);
            var load = Measure(size, length);
            var isMet = size > TargetTrainers || load.All(part => part.Share <= Target);
            met &= isMet;
            var target =
                size > TargetTrainers ? "" : $"   target ≤ {Target:P0}: {(isMet ? "met" : "MISSED")}";
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {size, 6} trainers   calm {load[0].Text(length)}   a join {load[1].Text(length)}   a death {load[2].Text(length)}{target}"
                )
            );
        }

        return met;
    }

    private static Load[] Measure(int size, TimeSpan length)
    {
        var trainers = new SimulatedTrainers(size);
        var coordinator = new DrivenCoordinator(trainers);
        coordinator.Begin();
        _ = Play(trainers, coordinator, WarmUp);
        var calm = Play(trainers, coordinator, length);
        trainers.Join();
        var join = Play(trainers, coordinator, length);
        Require(
            !join.IsWhole(length)
                || coordinator is { Left: 0, Members: var there } && there == trainers.Count,
            $"{coordinator.Left} trainers left and {coordinator.Members} of {trainers.Count} are there, before any has died"
        );
        trainers.Kill();
        var death = Play(trainers, coordinator, length);
        Require(
            !death.IsWhole(length) || coordinator.Left == SimulatedTrainers.OfASilo,
            $"{coordinator.Left} trainers left, and {SimulatedTrainers.OfASilo} died"
        );
        return [calm, join, death];
    }

    /// <summary>Heartbeats are made and answers taken outside of what is measured, a stretch at a time; each is much shorter than a heartbeat's time.</summary>
    private static Load Play(SimulatedTrainers trainers, DrivenCoordinator coordinator, TimeSpan length)
    {
        var (played, used, longest) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        while (played < length && used < Patience)
        {
            played += Stretch;
            var due = trainers.Pass(Stretch, coordinator.Term);
            var (before, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
            var answered = 0;
            while (answered < due.Count && used + clock.Elapsed < Patience)
            {
                trainers.Answered(due[answered], coordinator.Beat(due[answered]));
                answered++;
            }

            coordinator.Look(trainers.Now);
            var took = Environment.CpuUsage.TotalTime - before;
            used += took;
            longest = took > longest ? took : longest;
            if (answered < due.Count)
                return new(used, played - Stretch + (Stretch * answered / due.Count));
        }

        return new(used, played);
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"What was measured leads no run: {what}.");
    }

    /// <param name="Used">Processor time.</param>
    /// <param name="Played">Simulated time.</param>
    private sealed record Load(TimeSpan Used, TimeSpan Played)
    {
        /// <summary>Of one core.</summary>
        public double Share => Used / Played;

        /// <summary>Whether all of it was played.</summary>
        public bool IsWhole(TimeSpan length) => Played >= length;

        public string Text(TimeSpan length) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Share, 8:P1}{(IsWhole(length) ? "" : $" (broken off after {Played.TotalSeconds:F2} s)")}"
            );
    }
}
