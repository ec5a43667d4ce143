using System.Net;
using System.Net.Sockets;

namespace MMOrleans.Bench;

/// <summary>Images per second with a collector that is down, and with one that never answers, over those without any.</summary>
/// <remarks>A small network on small images: more rounds, and so more to tell, in a second than a real run has.</remarks>
internal static class Telemetry
{
    private const double Target = 0.99;
    private const int Trainers = 2;
    private const int Batch = 128;

    /// <summary>Of each of ten classes: 35 rounds an epoch.</summary>
    public const int UsualImages = 448;

    /// <summary>Twelve epochs: more than an export interval of the metrics, on a machine of its own.</summary>
    private const int FirstMeasured = 4;
    private const int LastMeasured = 15;

    /// <param name="pairs">Pairs of each kind.</param>
    /// <param name="images">Of each class and epoch.</param>
    /// <param name="only"><c>down</c> or <c>deaf</c>; null for both.</param>
    /// <param name="output">Lines.</param>
    public static async Task<bool> RunAsync(int pairs, int images, string? only, TextWriter output)
    {
        Collector[] kinds = only switch
        {
            "down" => [Collector.Down],
            "deaf" => [Collector.Deaf],
            _ => [Collector.Down, Collector.Deaf],
        };
        await output.WriteLineAsync(
            $"telemetry: resnet8, 16×16 images, batch {Batch} on {Trainers} trainers, spans of every 50th round, metrics every 15 s, {pairs} interleaved pairs"
        );
        Collector[] turns = [Collector.None, .. kinds];
        var measured = turns.ToDictionary(kind => kind, _ => new List<Measurement>());
        for (var pair = 0; pair < pairs; pair++)
        {
            // The other way round each time: a machine that gets busier, or less busy, favours neither.
            foreach (var kind in pair % 2 == 0 ? turns.Reverse() : turns)
                measured[kind].Add(await MeasureAsync(kind, images));
            await output.WriteLineAsync(
                $"  {pair + 1, 2}  {string.Join("   ", turns.Select(kind => $"{kind} {measured[kind][^1]}"))}"
            );
        }

        var met = true;
        foreach (var kind in kinds)
            met &= await ToldAsync(kind, measured[kind], measured[Collector.None], output);
        return met;
    }

    private static async Task<bool> ToldAsync(
        Collector kind,
        List<Measurement> with,
        List<Measurement> without,
        TextWriter output
    )
    {
        Ratios Over(Func<Measurement, double> value) =>
            Ratios.Of([.. with.Zip(without, (a, b) => (value(a), value(b)))]);
        var speed = Over(m => m.ImagesPerSecond);
        var met = speed.Median >= Target;
        await output.WriteLineAsync(
            $"  {kind} / {Collector.None}, images a second   {speed}   target ≥ {Target}: {(met ? "met" : "MISSED")}"
        );
        await output.WriteLineAsync(
            $"  {kind} / {Collector.None}, processor time an image   {Over(m => m.ProcessorSeconds / m.Images)}"
        );
        return met;
    }

    private static async Task<Measurement> MeasureAsync(Collector kind, int perClass)
    {
        using var deaf = kind == Collector.Deaf ? new DeafCollector() : null;
        var collector =
            kind == Collector.Down
                ? new Uri($"http://127.0.0.1:{SiloProcesses.FreePorts(1)[0]}")
                : deaf?.Address;
        var specification = BenchSpecification.Of(
            "synthetic",
            "resnet8",
            Trainers,
            Batch,
            perClass,
            epochs: LastMeasured + 2
        );
        await using var run = await MeasuredRun.StartAsync(
            specification,
            Trainers,
            data: null,
            collector: collector,
            traces: "sampled"
        );
        var (images, seconds) = (0L, 0.0);
        TimeSpan? began = null;
        await foreach (var update in run.UpdatesAsync())
        {
            if (update.Epochs.Any(epoch => epoch.Epoch == FirstMeasured - 1))
                began = Environment.CpuUsage.TotalTime;
            foreach (var epoch in update.Epochs.Where(e => e.Epoch is >= FirstMeasured and <= LastMeasured))
            {
                images += epoch.Images;
                seconds += epoch.Seconds;
            }

            if (update.Epochs.Any(epoch => epoch.Epoch == LastMeasured))
                break;
        }

        return new(
            images,
            seconds,
            (
                Environment.CpuUsage.TotalTime
                - (
                    began
                    ?? throw new InvalidOperationException("No epoch was seen before the measured ones.")
                )
            ).TotalSeconds
        );
    }

    private enum Collector
    {
        None,
        Down,
        Deaf,
    }

    /// <param name="Images">Trained on.</param>
    /// <param name="Seconds">Of their epochs.</param>
    /// <param name="ProcessorSeconds">
    /// What the whole process used meanwhile. Others on the machine lengthen the seconds of one run and not of the other; this far less.
    /// </param>
    private sealed record Measurement(long Images, double Seconds, double ProcessorSeconds)
    {
        public double ImagesPerSecond => Images / Seconds;

        public override string ToString() =>
            $"{ImagesPerSecond, 7:F1} img/s {1e6 * ProcessorSeconds / Images, 6:F1} µs";
    }

    /// <summary>Takes connections and says nothing.</summary>
    private sealed class DeafCollector : IDisposable
    {
        // The system completes connections by itself; nobody ever takes one up.
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public DeafCollector()
        {
            _listener.Start();
            Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        }

        public Uri Address { get; }

        public void Dispose() => _listener.Dispose();
    }
}
