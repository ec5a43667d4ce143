using System.Collections.Concurrent;

namespace MMOrleans.Bench.Soak;

/// <summary>Many runs on the same silos, with the page open and the logs followed: whether anything grows with them.</summary>
internal static class SoakTest
{
    private const int AtOnce = 4;

    /// <param name="plan">The runs.</param>
    /// <param name="silos">Silo processes.</param>
    /// <param name="every">Runs between two readings.</param>
    /// <param name="data">Folder of images that the runs name; null for none.</param>
    /// <param name="output">Lines.</param>
    /// <returns>Whether nothing grew.</returns>
    public static async Task<bool> RunAsync(
        IReadOnlyList<SoakRun> plan,
        int silos,
        int every,
        string? data,
        TextWriter output
    )
    {
        // Two trainers on a silo that is alone, so that two runs train side by side, and two of four wait.
        var trainers = silos == 1 ? 2 : 1;
        await output.WriteLineAsync(
            $"soak: {plan.Count} runs on {silos} silos of {trainers} trainers, a reading every {every}, {AtOnce} at once after the first third of each {every}; the page is open, logs are followed"
        );
        var folder = Directory.CreateTempSubdirectory("mm-bench-soak-");
        try
        {
            await using var cluster = await SiloProcesses.StartAsync(
                silos,
                folder.FullName,
                data,
                trainers,
                withPage: true
            );
            using var gauge = new SoakGauge(cluster, folder.FullName);
            var readings = await PlayAsync(plan, cluster, gauge, every, output);
            foreach (var silo in readings[^1].Silos)
                await output.WriteLineAsync(
                    $"  {silo.Silo} ends with {string.Join(", ", silo.Grains.Select(kind => $"{kind.Value} {kind.Key}"))}"
                );
            var broken = SoakRule.Broken(readings).ToList();
            foreach (var words in broken)
                await output.WriteLineAsync($"  GREW {words}");
            await output.WriteLineAsync(
                $"  flat from the second reading to the last: {(broken.Count == 0 ? "met" : "MISSED")}"
            );
            return broken.Count == 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<SoakReading>> PlayAsync(
        IReadOnlyList<SoakRun> plan,
        SiloProcesses cluster,
        SoakGauge gauge,
        int every,
        TextWriter output
    )
    {
        var clients = cluster.Silos.Select(silo => new SoakClient(silo.Page)).ToList();
        using var leave = new CancellationTokenSource();
        var looking = Task.WhenAll(clients.Select(client => client.LookAsync(leave.Token)));
        var ended = new ConcurrentBag<DateTimeOffset>();
        List<SoakReading> readings = [];
        await output.WriteLineAsync(SoakTable.Head);
        foreach (var ten in plan.Chunk(every))
        {
            // One after another first; then several at once, more than there are trainers.
            var alone = ten.Length / 3;
            foreach (var run in ten[..alone])
                await PlayOneAsync(run);
            await Parallel.ForEachAsync(
                ten[alone..],
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (run, _) => await PlayOneAsync(run)
            );
            readings.Add(await gauge.ReadAsync(ended));
            foreach (var line in SoakTable.Lines(readings[^1]))
                await output.WriteLineAsync(line);
        }

        await leave.CancelAsync();
        await looking;
        clients.ForEach(client => client.Dispose());
        return readings;

        async Task PlayOneAsync(SoakRun run)
        {
            await clients[run.Number % clients.Count].PlayAsync(run);
            ended.Add(TimeProvider.System.GetUtcNow());
        }
    }
}
