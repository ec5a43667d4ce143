using System.Text.Json;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Tests.Support;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Models;

public class GoldenLayerTests
{
    [Fact]
    public void NormalisedHeadAgreesWithTheGoldenFile()
    {
        var file = GoldenFile.Open("normed_linear");
        foreach (var c in file.Cases)
        {
            using var scope = NewDisposeScope();
            var (n, d, k) = (c.Int("n"), c.Int("d"), c.Int("k"));
            var fill = c.GetProperty("fill");
            var values = Filled(fill, "x", n * d);
            if (c.Has("zeroRow"))
                values.AsSpan(c.Int("zeroRow") * d, d).Clear();
            var x = tensor(values, [n, d], requires_grad: true);
            var weight = tensor(Filled(fill, "weight", d * k), [d, k], requires_grad: true);
            var head = new NormalisedHead(new Bare(), "head", d, k);

            var output = head.Forward(new([weight], [], true), x).Logits;
            (output * tensor(Filled(fill, "upstream", n * k), [n, k])).sum().backward();

            Near.Equal(c.Numbers("out"), output.data<double>().ToArray(), file.Tolerance, c.Id());
            if (c.Has("gradX"))
                Near.Equal(c.Numbers("gradX"), x.grad!.data<double>().ToArray(), file.Tolerance, c.Id());
            var gradient = weight.grad!.contiguous().data<double>().ToArray();
            if (c.Has("gradWeight"))
                Near.Equal(c.Numbers("gradWeight"), gradient, file.Tolerance, c.Id());
            if (c.Has("gradWeightChecksum"))
            {
                var checksum = c.GetProperty("gradWeightChecksum");
                Near.Equal(checksum.Number("sum"), gradient.Sum(), file.Tolerance, c.Id());
                var length = Math.Sqrt(gradient.Sum(g => g * g));
                Near.Equal(checksum.Number("l2"), length, file.Tolerance, c.Id());
            }
        }
    }

    [Fact]
    public void BatchNormAgreesWithTheGoldenFile()
    {
        var file = GoldenFile.Open("batchnorm");
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
                return tensor(GoldenFill.Values(count, (int)f[0], c.Int("seed"), f[1], f[2]), size);
            }

            var x = Fill("x", shape).requires_grad_();
            var weight = Fill("weight", channels).requires_grad_();
            var bias = Fill("bias", channels).requires_grad_();
            var (mean, variance) = (Fill("runningMean", channels), Fill("runningVar", channels));
            var layer = new BatchNorm(new Bare(), "bn", channels);

            var evaluated = layer.Forward(new([weight, bias], [mean, variance], false), x);
            Near.Equal(c.Numbers("evalOut"), Values(evaluated), file.Tolerance, "evaluation");
            var output = layer.Forward(new([weight, bias], [mean, variance], true), x);
            (output * Fill("upstream", shape)).sum().backward();

            Near.Equal(c.Numbers("trainOut"), Values(output), file.Tolerance, "training");
            Near.Equal(c.Numbers("gradX"), Values(x.grad!), file.Tolerance, "x");
            Near.Equal(c.Numbers("gradWeight"), Values(weight.grad!), file.Tolerance, "weight");
            Near.Equal(c.Numbers("gradBias"), Values(bias.grad!), file.Tolerance, "bias");
            Near.Equal(c.Numbers("runningMeanAfter"), Values(mean), file.Tolerance, "mean");
            Near.Equal(c.Numbers("runningVarAfter"), Values(variance), file.Tolerance, "variance");
            SyncShards(c, x, file.Tolerance);
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
            Near.Equal(shard.Numbers("mean"), Values(part.mean([0, 2, 3])), tolerance, "shard's mean");
            Near.Equal(
                shard.Numbers("biasedVar"),
                Values(part.var([0, 2, 3], unbiased: false)),
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

    private static double[] Values(Tensor tensor) => tensor.detach().contiguous().data<double>().ToArray();

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
