using System.Text.Json;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Tests.Support;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Models;

public class GoldenLayerTests
{
    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void NormalisedHeadAgreesWithTheGoldenFile(ScalarType type)
    {
        var file = GoldenFile.Open("normed_linear");
        var precision = file.In(type);
        foreach (var c in file.Cases)
        {
            using var scope = NewDisposeScope();
            var (n, d, k) = (c.Int("n"), c.Int("d"), c.Int("k"));
            var fill = c.GetProperty("fill");
            var values = Filled(fill, "x", n * d);
            if (c.Has("zeroRow"))
                values.AsSpan(c.Int("zeroRow") * d, d).Clear();
            var x = precision.Of(values, [n, d], grad: true);
            var weight = precision.Of(Filled(fill, "weight", d * k), [d, k], grad: true);
            var head = new NormalisedHead(new Bare(), "head", d, k);

            var output = head.Forward(new([weight], [], true), x).Logits;
            (output * precision.Of(Filled(fill, "upstream", n * k), [n, k])).sum().backward();

            precision.Near(c.Numbers("out"), output, c.Id());
            if (c.Has("gradX"))
                precision.Near(c.Numbers("gradX"), x.grad!, c.Id());
            var gradient = Precision.Values(weight.grad!);
            if (c.Has("gradWeight"))
                Near.Equal(c.Numbers("gradWeight"), gradient, precision.Tolerance, c.Id());
            if (c.Has("gradWeightChecksum"))
            {
                var checksum = c.GetProperty("gradWeightChecksum");
                Near.Equal(checksum.Number("sum"), gradient.Sum(), precision.Tolerance, c.Id());
                var length = Math.Sqrt(gradient.Sum(g => g * g));
                Near.Equal(checksum.Number("l2"), length, precision.Tolerance, c.Id());
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void BatchNormAgreesWithTheGoldenFile(ScalarType type)
    {
        var file = GoldenFile.Open("batchnorm");
        var precision = file.In(type);
        foreach (var c in file.Cases)
        {
            using var scope = NewDisposeScope();
            var shape = c.Longs("shape");
            var channels = (int)shape[1];
            Assert.Equal(BatchNorm.Epsilon, c.Number("eps"));
            Assert.Equal(BatchNorm.Momentum, c.Number("momentum"));
            Tensor Fill(string name, params long[] size)
            {
                var f = c.GetProperty("fill")
                    .GetProperty(name)
                    .EnumerateArray()
                    .Select(v => v.GetDouble())
                    .ToArray();
                var count = (int)size.Aggregate(1L, (a, b) => a * b);
                return precision.Of(GoldenFill.Values(count, (int)f[0], c.Int("seed"), f[1], f[2]), size);
            }

            var x = Fill("x", shape).requires_grad_();
            var weight = Fill("weight", channels).requires_grad_();
            var bias = Fill("bias", channels).requires_grad_();
            var (mean, variance) = (Fill("runningMean", channels), Fill("runningVar", channels));
            var layer = new BatchNorm(new Bare(), "bn", channels);

            var evaluated = layer.Forward(new([weight, bias], [mean, variance], false), x);
            precision.Near(c.Numbers("evalOut"), evaluated, "evaluation");
            var output = layer.Forward(new([weight, bias], [mean, variance], true), x);
            (output * Fill("upstream", shape)).sum().backward();

            precision.Near(c.Numbers("trainOut"), output, "training");
            precision.Near(c.Numbers("gradX"), x.grad!, "x");
            precision.Near(c.Numbers("gradWeight"), weight.grad!, "weight");
            precision.Near(c.Numbers("gradBias"), bias.grad!, "bias");
            precision.Near(c.Numbers("runningMeanAfter"), mean, "mean");
            precision.Near(c.Numbers("runningVarAfter"), variance, "variance");
            SyncShards(c, x, precision.Tolerance);
        }
    }

    // Statistics of two unequal shards and how they merge to the batch's: arithmetic that no layer here does.
    private static void SyncShards(JsonElement c, Tensor x, double tolerance)
    {
        var sync = c.GetProperty("syncShards");
        var shards = sync.GetProperty("shards").EnumerateArray().ToList();
        var split = sync.Int("firstShardImages");
        var rows = x.shape[0];
        Tensor[] parts = [x.slice(0, 0, split, 1), x.slice(0, split, rows, 1)];
        var channels = (int)x.shape[1];
        double total = shards.Sum(s => s.Int("count"));
        var (mean, variance) = (new double[channels], new double[channels]);
        foreach (var (shard, part) in shards.Zip(parts))
        {
            Near.Equal(
                shard.Numbers("mean"),
                Precision.Values(part.mean([0, 2, 3])),
                tolerance,
                "shard's mean"
            );
            Near.Equal(
                shard.Numbers("biasedVar"),
                Precision.Values(part.var([0, 2, 3], unbiased: false)),
                tolerance,
                "shard's variance"
            );
            for (var i = 0; i < channels; i++)
                mean[i] += shard.Int("count") / total * shard.Numbers("mean")[i];
        }

        foreach (var shard in shards)
        {
            for (var i = 0; i < channels; i++)
            {
                var apart = shard.Numbers("mean")[i] - mean[i];
                variance[i] += shard.Int("count") / total * (shard.Numbers("biasedVar")[i] + (apart * apart));
            }
        }

        Near.Equal(sync.Numbers("mergedMean"), mean, tolerance, "merged mean");
        Near.Equal(sync.Numbers("mergedBiasedVar"), variance, tolerance, "merged variance");
        Near.Equal(c.Numbers("batchMean"), mean, tolerance, "batch's mean");
        Near.Equal(c.Numbers("batchBiasedVar"), variance, tolerance, "batch's variance");
    }

    private static double[] Filled(JsonElement fill, string name, int count)
    {
        var f = fill.GetProperty(name);
        return GoldenState.Values(f, f.Int("tensorIndex"), count, fill.Int("seed"));
    }

    private sealed class Bare : Network
    {
        public override int InputLength => 0;

        public override NetworkOutput Forward(ForwardPass pass, Tensor rows) =>
            throw new NotSupportedException();
    }
}
