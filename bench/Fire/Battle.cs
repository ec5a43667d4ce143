using System.Diagnostics;
using System.Globalization;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Life;

namespace MMOrleans.Bench.Fire;

/// <summary>One run on silos of their own processes: calm stretches, and between them stretches with a fault each half minute.</summary>
internal sealed class Battle(FireOptions options, TextWriter output)
{
    private static readonly TimeSpan Block = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private const int WarmUp = 200;
    private const int BareSteps = 300;
    private const int MostAttempts = 5;

    private readonly List<Stretch> _calm = [];
    private readonly List<Stretch> _faulty = [];
    private readonly List<Recovery> _recoveries = [];

    /// <returns>Whether every target was met.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var plan = FaultPlan.Draw(
            options.Seed,
            options.Kinds,
            options.Silos,
            Math.Max(1, (int)Math.Round(options.Time / options.Every)),
            options.Every
        );
        var blocks = Math.Clamp((int)Math.Round(options.Time / Block), 1, plan.Count);
        await output.WriteLineAsync(
            $"fire: resnet32, {SyntheticImages.Side}×{SyntheticImages.Side} images, batch {FireRun.Batch}, {options.Silos} silos of one trainer, seed {options.Seed}: "
                + $"{plan.Count} faults, one each {options.Every.TotalSeconds:F0} s, in {blocks} stretches with {options.Calm.TotalSeconds:F0} s of calm before and after each"
        );
        var bareBefore = await BareAsync(cancellationToken);
        RunSnapshot end;
        await using (
            var cluster = await TestCluster.StartAsync(Clustering.Redis, options.Silos, isProxied: true)
        )
        {
            try
            {
                end = await PlayAsync(cluster, plan, blocks, cancellationToken);
            }
            finally
            {
                await KeepAsync(cluster);
            }
        }

        var bare = (bareBefore + await BareAsync(cancellationToken)) / 2;
        var met = await FireReport.WriteAsync(_calm, _faulty, _recoveries, bare, output);
        if (!options.Replays)
            return met;
        var truth = await FireRun.ReplayAsync(end.Progress.Round, cancellationToken);
        var states = $"state after round {end.Progress.Round}: {end.StateSha256}, in one process {truth}";
        // No target that a loaded machine may miss.
        if (truth != end.StateSha256)
            throw new InvalidOperationException(states);
        await output.WriteLineAsync(states);
        return met;
    }

    private async Task<RunSnapshot> PlayAsync(
        TestCluster cluster,
        IReadOnlyList<PlannedFault> plan,
        int blocks,
        CancellationToken cancellationToken
    )
    {
        var grains = await cluster.ConnectAsync();
        var run = await FireRun.SubmitAsync(grains, options.Silos);
        await using var watch = await RoundWatch.StartAsync(cluster, FireRun.Id);
        await using var supervisor = new Supervisor(cluster);
        var striker = new Striker(cluster, supervisor);
        await watch.ReachAsync(WarmUp, Patience, cancellationToken);
        await SettleAsync(run, supervisor, cancellationToken);
        await RestAsync(watch, cancellationToken);
        for (var block = 0; block < blocks; block++)
        {
            var faults = plan.Skip(block * plan.Count / blocks)
                .Take(((block + 1) * plan.Count / blocks) - (block * plan.Count / blocks));
            await FightAsync(faults, watch, striker, supervisor, cancellationToken);
            await SettleAsync(run, supervisor, cancellationToken);
            await RestAsync(watch, cancellationToken);
        }

        var end = await FireRun.StopAsync(run, Patience, cancellationToken);
        return end.State == RunStatus.Stopped
            ? end
            : throw new InvalidOperationException($"the run: {end.State} {end.Fault}");
    }

    private async Task RestAsync(RoundWatch watch, CancellationToken cancellationToken)
    {
        var (began, from) = (watch.Now, watch.Furthest);
        await Task.Delay(options.Calm, cancellationToken);
        _calm.Add(new(watch.Now - began, watch.Furthest - from));
        await output.WriteLineAsync(
            $"{watch.Now.TotalSeconds, 8:F1} s  calm: {_calm[^1].Rounds} rounds, {_calm[^1].Rate:F2} a second"
        );
    }

    private async Task FightAsync(
        IEnumerable<PlannedFault> faults,
        RoundWatch watch,
        Striker striker,
        Supervisor supervisor,
        CancellationToken cancellationToken
    )
    {
        var (began, from) = (watch.Now, watch.Furthest);
        var due = began;
        foreach (var fault in faults)
        {
            // A fault begins on a whole cluster, or it would be two.
            while (watch.Now < due || !supervisor.IsWhole)
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            due = watch.Now + options.Every;
            var (struck, before) = (watch.Now, watch.Furthest);
            var over = striker.StrikeAsync(fault, cancellationToken);
            await watch.ReachAsync(before + 2, Patience, cancellationToken); // one may have been complete already
            var next = watch.Reached(before + 2)!.Value - struck;
            await over;
            while (watch.Now < due || !supervisor.IsWhole)
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            var made = (watch.Furthest - before) / _calm[^1].Rate;
            _recoveries.Add(new(fault, next, watch.Now - struck - TimeSpan.FromSeconds(made)));
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{struck.TotalSeconds, 8:F1} s  {fault}: round {before}, next after {next.TotalSeconds:F2} s, lost {_recoveries[^1].Lost.TotalSeconds:F2} s"
                )
            );
        }

        _faulty.Add(new(watch.Now - began, watch.Furthest - from));
    }

    /// <summary>Every silo is up and its trainer computes again, as it did before the first fault.</summary>
    private async Task SettleAsync(IRunGrain run, Supervisor supervisor, CancellationToken cancellationToken)
    {
        var since = Stopwatch.StartNew();
        while (since.Elapsed < Settling)
        {
            var status = await FireRun.AskAsync(
                () => run.GetStatusAsync(cancellationToken),
                Patience,
                cancellationToken
            );
            if (
                supervisor.IsWhole
                && status.Progress.Trainers.Count(trainer => !trainer.Slots.IsEmpty) == options.Silos
            )
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        }

        await output.WriteLineAsync($"  not every trainer computes again after {Settling.TotalSeconds:F0} s");
    }

    /// <summary>Rounds a second of as many bare loops, each with a trainer's share of a batch.</summary>
    /// <remarks>TorchSharp frees a scalar while it is in use once in a while, which ends the process: the loops begin anew then.</remarks>
    private async Task<double> BareAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await BareLoop.InItsOwnProcessAsync(
                        options.Silos,
                        FireRun.Batch / options.Silos,
                        BareSteps,
                        BareSteps / 4,
                        SyntheticImages.Side,
                        cancellationToken
                    ) / FireRun.Batch;
            }
            catch (InvalidOperationException broken) when (attempt < MostAttempts)
            {
                await output.WriteLineAsync($"the bare loops are begun anew: {broken.Message}");
            }
        }
    }

    private async Task KeepAsync(TestCluster cluster)
    {
        if (options.Logs is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "silos.log"), cluster.Logs);
        var events = Path.Combine(cluster.RunsFolder, FireRun.Id, "events.jsonl");
        if (File.Exists(events))
            File.Copy(events, Path.Combine(folder, "events.jsonl"), overwrite: true);
    }
}
