namespace MMOrleans.Bench.Fire;

/// <summary>Tells what was measured, and whether it is what is promised.</summary>
internal static class FireReport
{
    private const double RatioWanted = 0.95;
    private const double KillWanted = 2;
    private const double KillWorst = 5;

    public static async Task<bool> WriteAsync(
        IReadOnlyList<Stretch> calm,
        IReadOnlyList<Stretch> faulty,
        IReadOnlyList<Recovery> recoveries,
        double bareRate,
        TextWriter output
    )
    {
        await output.WriteLineAsync("from the fault to the next round, and time lost up to the next fault:");
        foreach (var kind in recoveries.GroupBy(r => r.Fault.Kind).OrderBy(g => g.Key))
        {
            var lost = kind.Average(r => r.Lost.TotalSeconds);
            await output.WriteLineAsync(
                $"  {FireCommand.NameOf(kind.Key), -12} {Quantiles.Of(kind.Select(r => r.Next.TotalSeconds))}   lost {lost:F2} s each"
            );
        }

        var met = true;
        if (recoveries.Where(r => r.Fault.Kind == FaultKind.Kill).ToList() is { Count: > 0 } kills)
        {
            var times = Quantiles.Of(kills.Select(r => r.Next.TotalSeconds));
            met &= await TellAsync(
                $"next round after a SIGKILL: median ≤ {KillWanted} s, p95 ≤ {KillWanted} s, worst ≤ {KillWorst} s",
                times is { Median: <= KillWanted, Percentile95: <= KillWanted, Worst: <= KillWorst },
                output
            );
        }

        var ratio = Stretch.Ratio(calm, faulty);
        var time = TimeSpan.FromSeconds(faulty.Sum(f => f.Time.TotalSeconds));
        var rounds = faulty.Sum(f => f.Rounds);
        await output.WriteLineAsync(
            $"under fire {rounds} rounds in {time:h\\:mm\\:ss}, {rounds / time.TotalSeconds:F2} a second; calm stretches {string.Join(", ", calm.Select(c => $"{c.Rate:F2}"))} a second"
        );
        await output.WriteLineAsync(
            $"under fire / bare loops   {rounds / time.TotalSeconds / bareRate:F3}   calm / bare loops   {calm.Average(c => c.Rate) / bareRate:F3}"
        );
        return await TellAsync(
                $"under fire / calm   {ratio:F3}   target ≥ {RatioWanted}",
                ratio >= RatioWanted,
                output
            ) & met;
    }

    public static async Task<bool> TellAsync(string what, bool isMet, TextWriter output)
    {
        await output.WriteLineAsync($"{what}: {(isMet ? "met" : "MISSED")}");
        return isMet;
    }
}
