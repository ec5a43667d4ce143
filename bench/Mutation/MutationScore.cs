using System.Collections.Concurrent;
using System.Diagnostics;

namespace MMOrleans.Bench.Mutation;

/// <summary>Plants bugs in the protocol, one at a time, and has the schedules look for each.</summary>
internal static class MutationScore
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <returns>Whether the target is met and every survivor has its verdict.</returns>
    public static async Task<bool> RunAsync(MutationOptions options, TextWriter output)
    {
        var clock = Stopwatch.StartNew();
        var sources = ProtocolSources.Find();
        var compiler = new ProtocolCompiler(sources);
        var nursery = new Nursery(compiler, options);
        var folder = Directory.CreateTempSubdirectory("mutants-");
        try
        {
            var together = await WriteAsync(folder, "together", nursery.Grow());
            using (var first = new WorkerProcess(together, options.Schedules))
                if (await first.PlayAsync(0) is { By: not null } sound)
                    throw new InvalidOperationException($"The protocol itself does not hold: {sound}");

            await output.WriteLineAsync(
                $"  {clock.Elapsed:h\\:mm\\:ss}  {nursery.Together.Count} mutants in one assembly and {nursery.Alone.Count} in one each, of {nursery.Candidates} that the syntax gives "
                    + $"(sample seed {options.Seed}) and those that are named; {nursery.NotCompiling} of those drawn do not compile; at most {options.Schedules} schedules each"
            );
            var played = await PlayAsync(nursery, folder, together, options, clock, output);
            // Those that compile to the same instructions are none.
            var same = played.Where(p => !p.IsKilled && compiler.IsTheSame(p.Mutant)).ToHashSet();
            await output.WriteLineAsync($"  {same.Count} compile to the protocol itself, and do not count");
            return await MutationReport.WriteAsync(
                [.. played.Where(p => !same.Contains(p))],
                new(sources),
                output
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ConcurrentQueue<PlayedMutant>> PlayAsync(
        Nursery nursery,
        DirectoryInfo folder,
        string together,
        MutationOptions options,
        Stopwatch clock,
        TextWriter output
    )
    {
        var played = new ConcurrentQueue<PlayedMutant>();
        var left = new ConcurrentQueue<KeyValuePair<int, Mutant>>(nursery.Together.OrderBy(m => m.Key));
        var alone = new ConcurrentQueue<(Mutant Mutant, byte[] Assembly)>(nursery.Alone);
        var playing = Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => WorkAsync()));
        do
        {
            await Task.WhenAny(playing, Task.Delay(Between));
            await output.WriteLineAsync(
                $"  {clock.Elapsed:h\\:mm\\:ss}  {played.Count} played, {played.Count(p => !p.IsKilled)} survive"
            );
        } while (!playing.IsCompleted);

        await playing;
        return played;

        async Task WorkAsync()
        {
            while (clock.Elapsed < options.Time && alone.TryDequeue(out var one))
            {
                using var own = new WorkerProcess(
                    await WriteAsync(folder, $"{alone.Count}", one.Assembly),
                    options.Schedules
                );
                Add(one.Mutant, await own.PlayAsync(0));
            }

            using var worker = new WorkerProcess(together, options.Schedules);
            while (clock.Elapsed < options.Time && left.TryDequeue(out var next))
                Add(next.Value, await worker.PlayAsync(next.Key));
        }

        void Add(Mutant mutant, Outcome outcome)
        {
            played.Enqueue(new(mutant, outcome));
            if (options.Results is { } path)
                lock (played)
                    File.AppendAllText(
                        path,
                        $"{outcome.By?.ToString() ?? "survives"}\t{outcome.Schedules}\t{outcome.Kind}\t{outcome.Seed}\t{mutant.Key}\t{outcome.What?.ReplaceLineEndings(" ")}\n"
                    );
        }
    }

    private static async Task<string> WriteAsync(DirectoryInfo folder, string name, byte[] assembly)
    {
        var path = Path.Combine(
            folder.CreateSubdirectory(name).FullName,
            $"{ProtocolCompiler.AssemblyName}.dll"
        );
        await File.WriteAllBytesAsync(path, assembly);
        return path;
    }
}
