using System.Numerics;
using System.Text.Json;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Weighting;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training;

public class MiniTrainingTests
{
    // A whole run: warm-up, milestones, the DRW switch, the short last batch; shared over 1, 2 and 3 slots.
    [Theory]
    [InlineData(1, ScalarType.Float64)]
    [InlineData(2, ScalarType.Float64)]
    [InlineData(3, ScalarType.Float64)]
    [InlineData(1, ScalarType.Float32)]
    [InlineData(3, ScalarType.Float32)]
    public void WholeRunsAgreeWithTheGoldenFile(int slots, ScalarType type)
    {
        var file = GoldenFile.Open("mini_training");
        foreach (var c in file.Cases)
            if (type == ScalarType.Float64)
                Check<double>(c, slots, file.In(type));
            else
                Check<float>(c, slots, file.In(type));
    }

    private static void Check<T>(JsonElement c, int slots, Precision precision)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (type, tolerance) = precision;
        var (n, size, epochs, width) = (c.Int("n"), c.Int("batchSize"), c.Int("epochs"), c.Int("in"));
        var counts = new ClassCounts(c.Ints("counts"));
        var factors = c.Numbers("factors");
        var specification = Specification(c, slots, factors);
        var weights = DeferredReweighting.Of(specification.Method, counts);
        var rate = new LearningRate(specification.Schedule, c.Number("baseLr"), epochs);
        var plan = new RunPlan(specification, n);
        var rows = GoldenState.Values(
            c.GetProperty("inputs"),
            c.GetProperty("inputs").Int("tensorIndex"),
            n * width,
            c.Int("seed")
        );
        var labels = c.Longs("labels");
        using var replica = new Replica(specification, counts, new GoldenMlp(c), CPU, type);
        GoldenState.Load<T>(replica, c);

        foreach (var log in c.GetProperty("epochsLog").EnumerateArray())
        {
            var epoch = log.Int("epoch");
            var name = $"{c.Id()} epoch {epoch}";
            Near.Equal(log.Number("lr"), rate.At(epoch), 1e-12, name);
            var lossSum = 0.0;
            for (var step = 0; step < plan.StepsPerEpoch; step++)
            {
                var shares = Enumerable
                    .Range(0, slots)
                    .Select(slot => plan.Rows(step, slot))
                    .Select(r =>
                        (IReadOnlyList<Batch>)
                            [
                                GoldenState.Batch(
                                    rows[(r.Start * width)..((r.Start + r.Count) * width)],
                                    labels[r.Start..(r.Start + r.Count)]
                                ),
                            ]
                    )
                    .ToList();
                var tally = SomeTraining.Round<T>(replica, shares, weights.At(epoch), rate.At(epoch));
                lossSum += tally.LossSum / tally.Denominator * tally.Images;
            }

            Near.Equal(log.Number("meanLoss"), lossSum / n, tolerance, name);
            var tensors = GoldenState.Tensors<T>(replica);
            foreach (var tensor in log.GetProperty("params").EnumerateObject())
            {
                var expected = tensor.Value.Numbers();
                Near.Equal(expected, tensors[tensor.Name], tolerance, $"{name} {tensor.Name}");
            }
        }
    }

    private static RunSpecification Specification(JsonElement c, int slots, double[] factors)
    {
        var golden = SomeTraining.Golden(c);
        var deferred = c.Has("drwEpoch");
        return golden with
        {
            Epochs = c.Int("epochs"),
            BatchSize = c.Int("batchSize"),
            Slots = slots,
            Method = golden.Method with
            {
                Reweight = deferred ? Reweighting.Deferred : Reweighting.None,
                DeferEpoch = deferred ? c.Int("drwEpoch") : c.Int("epochs"),
                Beta = c.Number("drwBeta"),
            },
            Optimiser = golden.Optimiser with { LearningRate = c.Number("baseLr") },
            Schedule = new()
            {
                WarmupEpochs = c.Int("warmupEpochs"),
                Milestones = c.Ints("milestones"),
                Factors = factors,
            },
        };
    }
}
