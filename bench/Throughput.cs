using MMOrleans.Learning.Datasets;

namespace MMOrleans.Bench;

/// <summary>Images per second of a whole cluster with two trainers, data and averaging included, over two bare loops that do neither.</summary>
/// <remarks>The trainers are in one process, or in two silos that are processes of their own.</remarks>
internal static class Throughput
{
    private const double Target = 0.97;
    private const double TargetOfSilos = 0.95;
    private const int Trainers = 2;
    private const int Batch = 128;
    private const int CifarSide = 32;

    /// <summary>Of each class and epoch; ten classes: 15 rounds.</summary>
    public const int UsualImages = 192;

    /// <summary>While the first epochs go by, the runtime still compiles what it will run; the last one evaluates: neither is measured.</summary>
    private const int FirstMeasured = 4;
    private const int LastMeasured = 5;

    /// <param name="data">CIFAR-10; null for generated images.</param>
    /// <param name="pairs">Pairs of measurements.</param>
    /// <param name="images">Of each class and epoch.</param>
    /// <param name="onSilos">Whether each trainer is in a process of its own.</param>
    /// <param name="output">Lines.</param>
    public static async Task<bool> RunAsync(
        string? data,
        int pairs,
        int images,
        bool onSilos,
        TextWriter output
    )
    {
        var target = onSilos ? TargetOfSilos : Target;
        var side = data is null ? SyntheticImages.Side : CifarSide;
        await output.WriteLineAsync(
            $"throughput: resnet32, {side}×{side} images, batch {Batch} as 2 × {Batch / Trainers}, one intra-op thread each, {(onSilos ? "a silo each" : "one process")}, {pairs} interleaved pairs"
        );
        var rounds = ((images * 10) + Batch - 1) / Batch;
        var measured = new List<(double, double)>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var (cluster, shares) = await ClusterAsync(data, images, onSilos);
            var bare = await BareLoop.InItsOwnProcessAsync(
                Trainers,
                Batch / Trainers,
                rounds * (LastMeasured - FirstMeasured + 1),
                rounds,
                side
            );
            measured.Add((cluster, bare));
            await output.WriteLineAsync(
                $"  {pair + 1, 2}  cluster {cluster, 7:F1} img/s   bare {bare, 7:F1} img/s   {cluster / bare:F3}   {shares}"
            );
        }

        var ratios = Ratios.Of(measured);
        var met = ratios.Median >= target;
        await output.WriteLineAsync(
            $"  cluster / bare   {ratios}   target ≥ {target}: {(met ? "met" : "MISSED")}"
        );
        return met;
    }

    private static async Task<(double ImagesPerSecond, string Shares)> ClusterAsync(
        string? data,
        int perClass,
        bool onSilos
    )
    {
        var specification = BenchSpecification.Of(
            data is null ? "synthetic" : "cifar10",
            "resnet32",
            Trainers,
            Batch,
            perClass,
            epochs: LastMeasured + 2
        );
        await using var run = onSilos
            ? await MeasuredRun.StartOnSilosAsync(specification, Trainers, data)
            : await MeasuredRun.StartAsync(specification, Trainers, data);
        var (images, seconds, shares) = (0L, 0.0, "");
        await foreach (var update in run.UpdatesAsync())
        {
            foreach (var epoch in update.Epochs.Where(e => e.Epoch is >= FirstMeasured and <= LastMeasured))
            {
                images += epoch.Images;
                seconds += epoch.Seconds;
            }

            if (update.Epochs.Any(epoch => epoch.Epoch == LastMeasured))
            {
                var trainers = update.Progress.Trainers;
                shares =
                    $"data {trainers.Average(t => t.DataShare):P1} compute {trainers.Average(t => t.ComputeShare):P1} "
                    + $"exchange {trainers.Average(t => t.ExchangeShare):P1} wait {trainers.Average(t => t.WaitShare):P1}";
                break;
            }
        }

        return (images / seconds, shares);
    }
}
