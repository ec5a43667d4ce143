namespace MMOrleans.Bench.Soak;

/// <summary>Readings as a table: a line a silo.</summary>
internal static class SoakTable
{
    public const string Head =
        "| runs | silo | resident MiB | objects MiB | files | threads | run grains | other grains | trainers held | queued |\n"
        + "|---|---|---|---|---|---|---|---|---|---|";

    public static IEnumerable<string> Lines(SoakReading reading) =>
        reading.Silos.Select(silo =>
            $"| {reading.Runs} | {silo.Silo} | {silo.Resident / 1048576.0:F0} | {silo.Live / 1048576.0:F1} | {silo.Files} | {silo.Threads}"
            + $" | {silo.RunGrains} | {silo.OtherGrains} | {reading.Held} | {reading.Waiting} |"
        );
}
