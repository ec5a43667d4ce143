using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Epochs;
using TorchSharp;

namespace MMOrleans.Bench;

/// <summary>One trainer thread's step (gradient, copy out, copy in, update) beside the bare loop of another program on the same machine.</summary>
/// <remarks>Compares two programs as they are, with different libraries under them; both versions are printed and nothing more is claimed.</remarks>
internal static class StepTime
{
    private const int Batch = 64;
    private const int Side = 32;
    private const int WarmUp = 3;

    public static async Task<bool> RunAsync(Peer peer, int pairs, int steps, TextWriter output)
    {
        await output.WriteLineAsync(
            $"step: resnet32, {Side}×{Side} images, batch {Batch}, one thread, {steps} steps after {WarmUp}, {pairs} interleaved pairs"
        );
        var measured = new List<(double, double)>();
        var version = "";
        using var trainer = new TrainerStep();
        for (var pair = 0; pair < pairs; pair++)
        {
            var ours = trainer.ImagesPerSecond(steps);
            (version, var theirs) = await PeerAsync(peer, steps);
            measured.Add((ours, theirs));
            await output.WriteLineAsync(
                $"  {pair + 1, 2}  trainer {1000 * Batch / ours, 7:F1} ms   peer {1000 * Batch / theirs, 7:F1} ms   speed {ours / theirs:F3}"
            );
        }

        await output.WriteLineAsync(
            $"  trainer / peer speed   {Ratios.Of(measured)}   {TorchLibrary.Fingerprint(torch.CPU)} beside PyTorch {version}"
        );
        return true; // a comparison, not a target
    }

    private static async Task<(string Version, double ImagesPerSecond)> PeerAsync(Peer peer, int steps)
    {
        using var process = peer.Start(
            "--bare",
            "--workers",
            "1",
            "--batch",
            Text(Batch),
            "--steps",
            Text(steps)
        );
        var line = await process.Output.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{peer.Python} {peer.Script} ended with code {process.ExitCode}."
            );
        }

        using var json = JsonDocument.Parse(line);
        return (
            json.RootElement.GetProperty("torch").GetString()!,
            json.RootElement.GetProperty("images_per_s").GetDouble()
        );
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The trainer's own code on a thread of its own, as a device has one.</summary>
    private sealed class TrainerStep : IDisposable
    {
        private readonly Replica _replica;
        private readonly Batch _batch;
        private readonly float[] _contribution;
        private readonly double[] _weights = [.. Enumerable.Repeat(1.0, 10)];

        public TrainerStep()
        {
            var specification = BenchSpecification.Of(
                "cifar10",
                "resnet32",
                slots: 1,
                Batch,
                perClass: 192,
                epochs: 1
            );
            _replica = new Replica(specification, [.. Enumerable.Repeat(192, 10)], Side, Side, torch.CPU);
            _replica.Initialise();
            _contribution = new float[_replica.ContributionLength];
            var pixels = Enumerable.Range(0, Batch * Side * Side * 3).Select(i => MathF.Sin(i)).ToArray();
            _batch = new Batch(Batch, pixels, [.. Enumerable.Range(0, Batch).Select(i => (long)(i % 10))], 0);
        }

        public double ImagesPerSecond(int steps)
        {
            var seconds = 0.0;
            var thread = new Thread(() =>
            {
                TorchThreads.Configure();
                Run(WarmUp);
                var clock = Stopwatch.StartNew();
                Run(steps);
                seconds = clock.Elapsed.TotalSeconds;
            });
            thread.Start();
            thread.Join();
            return Batch * steps / seconds;
        }

        public void Dispose() => _replica.Dispose();

        private void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                var tally = _replica.Compute<float>([_batch], _weights, 0.01, _contribution);
                Divide(tally);
                _replica.Apply<float>(_contribution, 0.01);
            }
        }

        private void Divide(EpochSums tally)
        {
            var span = _contribution.AsSpan();
            System.Numerics.Tensors.TensorPrimitives.Divide(
                span[.._replica.DenominatorLength],
                (float)tally.Denominator,
                span[.._replica.DenominatorLength]
            );
            System.Numerics.Tensors.TensorPrimitives.Divide(
                span[_replica.DenominatorLength..],
                tally.Images,
                span[_replica.DenominatorLength..]
            );
        }
    }
}
