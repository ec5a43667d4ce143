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
    private const int PerClass = 448;

    /// <summary>Twelve epochs: more than an export interval of the metrics, on a machine of its own.</summary>
    private const int FirstMeasured = 4;
    private const int LastMeasured = 15;

    public static async Task<bool> RunAsync(int pairs, TextWriter output)
    {
        await output.WriteLineAsync(
            $"telemetry: resnet8, 16×16 images, batch {Batch} on {Trainers} trainers, spans of every 50th round, metrics every 15 s, {pairs} interleaved pairs"
        );
        var (down, slow) = (new List<(double, double)>(), new List<(double, double)>());
        for (var pair = 0; pair < pairs; pair++)
        {
            // The other way round each time: a machine that gets busier, or less busy, favours neither.
            var measured = new double[3];
            foreach (var which in pair % 2 == 0 ? new[] { 2, 1, 0 } : [0, 1, 2])
                measured[which] = await MeasureAsync(which);
            var (without, toNobody, toTheDeaf) = (measured[0], measured[1], measured[2]);
            down.Add((toNobody, without));
            slow.Add((toTheDeaf, without));
            await output.WriteLineAsync(
                $"  {pair + 1, 2}  without {without, 7:F1} img/s   down {toNobody, 7:F1} ({toNobody / without:F3})   never answers {toTheDeaf, 7:F1} ({toTheDeaf / without:F3})"
            );
        }

        return await ToldAsync("down / without", down, output)
            & await ToldAsync("never answers / without", slow, output);
    }

    private static async Task<bool> ToldAsync(string name, List<(double, double)> pairs, TextWriter output)
    {
        var ratios = Ratios.Of(pairs);
        var met = ratios.Median >= Target;
        await output.WriteLineAsync(
            $"  {name, -24} {ratios}   target ≥ {Target}: {(met ? "met" : "MISSED")}"
        );
        return met;
    }

    /// <param name="which">0 without a collector, 1 with one that is down, 2 with one that never answers.</param>
    private static async Task<double> MeasureAsync(int which)
    {
        using var deaf = which == 2 ? new DeafCollector() : null;
        var collector =
            which == 1 ? new Uri($"http://127.0.0.1:{SiloProcesses.FreePorts(1)[0]}") : deaf?.Address;
        var specification = BenchSpecification.Of(
            "synthetic",
            "resnet8",
            Trainers,
            Batch,
            PerClass,
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
        await foreach (var update in run.UpdatesAsync())
        {
            foreach (var epoch in update.Epochs.Where(e => e.Epoch is >= FirstMeasured and <= LastMeasured))
            {
                images += epoch.Images;
                seconds += epoch.Seconds;
            }

            if (update.Epochs.Any(epoch => epoch.Epoch == LastMeasured))
                break;
        }

        return images / seconds;
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
