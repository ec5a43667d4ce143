using MMOrleans.Grains.Runs;

namespace MMOrleans.Bench.Soak;

/// <summary>What counts as flat: the last reading beside the second, for the first runs warm the silo up.</summary>
internal static class SoakRule
{
    /// <summary>For what the silo's page still tells of a run that is over.</summary>
    public static TimeSpan RunGrainsAreKept { get; } = TimeSpan.FromMinutes(10);

    private const double Memory = 1.10;

    // A silo keeps the images that were used last, 5 MB of generated ones.
    private const long MoreObjects = 10 << 20;

    // Connections and the pool's threads come and go by themselves.
    private const int MoreFiles = 8;
    private const int MoreThreads = 8;
    private const int MoreGrains = 8;

    /// <summary>What grew, in words; empty when nothing did.</summary>
    /// <exception cref="ArgumentException">There are fewer than three readings.</exception>
    public static IEnumerable<string> Broken(IReadOnlyList<SoakReading> readings)
    {
        if (readings.Count < 3)
            throw new ArgumentException("Three readings are needed to tell growth.", nameof(readings));
        foreach (var reading in readings)
        {
            if (reading.Held > 0 || reading.Waiting > 0)
                yield return $"after {reading.Runs} runs the ledger holds {reading.Held} trainers and {reading.Waiting} queued runs, though no run is live";
            var kept = reading.Silos.Sum(silo => silo.RunGrains);
            if (kept > reading.RunsOfTenMinutes)
                yield return $"after {reading.Runs} runs {kept} runs are active, and {reading.RunsOfTenMinutes} ended in the last ten minutes";
        }

        foreach (var (second, last) in readings[1].Silos.Zip(readings[^1].Silos))
        {
            if (last.Resident > Memory * second.Resident)
                yield return Grew("resident memory", second.Resident >> 20, last.Resident >> 20, "MiB");
            if (last.Live > second.Live + MoreObjects)
                yield return Grew("live objects", second.Live >> 20, last.Live >> 20, "MiB");
            if (last.Files > second.Files + MoreFiles)
                yield return Grew("open files", second.Files, last.Files, "");
            if (last.Threads > second.Threads + MoreThreads)
                yield return Grew("threads", second.Threads, last.Threads, "");
            foreach (var (kind, count) in last.Grains.Where(grain => grain.Key != nameof(RunGrain)))
                if (second.Grains.GetValueOrDefault(kind) is var before && count > before + MoreGrains)
                    yield return Grew($"activations of {kind}", before, count, "");

            string Grew(string what, long from, long to, string unit) =>
                $"{last.Silo}: {what} grew from {from} after {second.Runs} runs to {to} {unit}".TrimEnd()
                + $" after {last.Runs}";
        }
    }
}
