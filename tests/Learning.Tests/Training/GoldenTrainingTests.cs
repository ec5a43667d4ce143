using System.Numerics;
using System.Text.Json;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training;

public class GoldenTrainingTests
{
    [Fact]
    public void EverySharingOfABatchFollowsTheGoldenTrajectory() => Follow<double>(ScalarType.Float64);

    [Fact]
    public void EverySharingOfABatchFollowsTheGoldenTrajectoryInWhatTrains() =>
        Follow<float>(ScalarType.Float32);

    private static void Follow<T>(ScalarType type)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var file = GoldenFile.Open("data_parallel");
        var tolerance = file.In(type).Tolerance;
        foreach (var c in file.Cases)
        foreach (var shards in c.GetProperty("shardings").EnumerateArray())
        {
            var sizes = shards.EnumerateArray().Select(s => s.GetInt32()).ToArray();
            using var replica = Replica<T>(c, sizes.Length, type);
            var step = 0;
            foreach (var expected in c.GetProperty("steps").EnumerateArray())
            {
                var tally = SomeTraining.Round<T>(
                    replica,
                    [.. Shards(c, step++, sizes).Select(b => (Batch[])[b])],
                    Weights(c),
                    c.GetProperty("optimiser").Number("lr")
                );

                var name = $"{c.Id()} [{string.Join(',', sizes)}] step {step}";
                Near.Equal(expected.Number("loss"), tally.LossSum / tally.Denominator, tolerance, name);
                Parameters<T>(expected, replica, tolerance, name);
            }
        }
    }

    // What a worker's own weighted mean, averaged over workers, leads to: the file's documented wrong way, and not the right one.
    [Fact]
    public void AveragingWorkersOwnMeansFollowsTheWrongTrajectoryOnceWeightsDiffer()
    {
        var file = GoldenFile.Open("data_parallel");
        foreach (var c in file.Cases)
        {
            var naive = c.GetProperty("naiveAverageOfWorkerMeans");
            var sizes = naive.Ints("shards");
            using var replica = Replica<double>(c, sizes.Length, ScalarType.Float64);
            var (weights, rate) = (Weights(c), c.GetProperty("optimiser").Number("lr"));
            var wrong = naive.Numbers("lossPerStep");
            var furthest = 0.0;
            for (var step = 0; step < wrong.Length; step++)
            {
                var average = new double[replica.ContributionLength];
                var loss = 0.0;
                foreach (var shard in Shards(c, step, sizes))
                {
                    var contribution = new double[average.Length];
                    var tally = replica.Compute<double>([shard], weights, rate, contribution);
                    for (var i = 0; i < average.Length; i++)
                        average[i] += contribution[i] / tally.Denominator / sizes.Length;
                    loss += tally.LossSum / tally.Denominator / sizes.Length;
                }

                replica.Apply<double>(average, rate);
                Near.Equal(wrong[step], loss, file.Tolerance, $"{c.Id()} naive step {step}");
                var right = c.GetProperty("steps")[step];
                foreach (var tensor in right.GetProperty("params").EnumerateObject())
                {
                    var values = GoldenState.Tensors<double>(replica)[tensor.Name];
                    furthest = Math.Max(
                        furthest,
                        tensor.Value.Numbers().Zip(values).Max(p => Math.Abs(p.First - p.Second))
                    );
                }
            }

            if (c.Has("classWeights"))
                Assert.True(furthest > 1e-3, $"{c.Id()}: the wrong way came as close as {furthest}.");
            else
                Assert.True(
                    furthest < file.Tolerance,
                    $"{c.Id()}: unweighted means of equal shards are right."
                );
        }
    }

    private static Replica Replica<T>(JsonElement c, int slots, ScalarType type)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var replica = new Replica(
            SomeTraining.Golden(c) with
            {
                Slots = slots,
            },
            c.Ints("counts"),
            new GoldenMlp(c),
            CPU,
            type
        );
        GoldenState.Load<T>(replica, c);
        return replica;
    }

    private static double[] Weights(JsonElement c) =>
        c.Has("classWeights") ? c.Numbers("classWeights") : [.. c.Ints("counts").Select(_ => 1.0)];

    private static IEnumerable<Batch> Shards(JsonElement c, int step, int[] sizes)
    {
        var width = c.Int("in");
        var rows = GoldenState.Values(
            c.GetProperty("inputs"),
            100 + step,
            c.Int("batch") * width,
            c.Int("seed")
        );
        var labels = c.GetProperty("labels")[step].EnumerateArray().Select(l => l.GetInt64()).ToArray();
        var start = 0;
        foreach (var size in sizes)
        {
            yield return GoldenState.Batch(
                rows[(start * width)..((start + size) * width)],
                labels[start..(start + size)]
            );
            start += size;
        }
    }

    private static void Parameters<T>(JsonElement expected, Replica replica, double tolerance, string name)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var tensors = GoldenState.Tensors<T>(replica);
        foreach (var tensor in expected.GetProperty("params").EnumerateObject())
            Near.Equal(tensor.Value.Numbers(), tensors[tensor.Name], tolerance, $"{name} {tensor.Name}");
    }
}
