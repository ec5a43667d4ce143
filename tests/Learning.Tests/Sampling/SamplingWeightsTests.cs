using System.Text.Json;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Tests.Support;

namespace MMOrleans.Learning.Tests.Sampling;

public class SamplingWeightsTests
{
    [Fact]
    public void GoldenProbabilitiesComeOut()
    {
        var file = GoldenFile.Open("sampler_weights");
        foreach (var c in file.Cases)
        {
            var counts = c.Ints("counts");
            var kind = c.GetProperty("kind").GetString()!;
            if (kind == "progressive")
            {
                foreach (var at in c.GetProperty("byEpoch").EnumerateArray())
                    Near.Equal(
                        at.Numbers("classProbability"),
                        SamplingWeights.Progressive(counts, at.Int("epoch"), c.Int("epochs")),
                        file.Tolerance,
                        c.Id()
                    );
                continue;
            }

            if (kind == "overUnder")
            {
                CheckSizes(c, ResizedSampler.Over, "perClassOver", "oversampledTotal");
                CheckSizes(c, ResizedSampler.Under, "perClassUnder", "undersampledTotal");
                continue;
            }

            var beta = c.Has("beta") ? c.Number("beta") : 0.9999; // the file's summary names it
            var ours = kind switch
            {
                "effectiveNumber" => "effective-number",
                "inverseSqrt" => "square-root",
                _ => kind,
            };
            var weights = SamplingWeights.PerImage(ours, counts, beta);
            Near.Equal(c.Numbers("perSampleWeight"), weights, file.Tolerance, c.Id());
            Near.Equal(
                c.Numbers("classProbability"),
                SamplingWeights.OfClasses(counts, weights),
                file.Tolerance,
                c.Id()
            );
            Assert.Equal(c.Int("samplesPerEpoch"), counts.Sum());
        }
    }

    [Fact]
    public void InverseSamplerDrawsEveryClassAboutEquallyOftenAndTheSameAgain()
    {
        int[] labels = [.. Enumerable.Repeat(0, 9000), .. Enumerable.Repeat(1, 1000)];
        var sampler = new WeightedSampler(labels, "inverse", 0.9999, seed: 1);

        var draws = sampler.Draw(3);

        Assert.Equal(labels.Length, draws.Length);
        Assert.Equal(draws, sampler.Draw(3));
        Assert.NotEqual(draws, sampler.Draw(4));
        // Five standard errors of 10,000 draws at ½.
        Assert.InRange(draws.Count(d => labels[d] == 1), 4750, 5250);
    }

    private static void CheckSizes(JsonElement c, SamplerDefinition definition, string perClass, string total)
    {
        int[] labels = [.. c.Ints("counts").SelectMany((n, k) => Enumerable.Repeat(k, n))];
        var sampler = definition.Create(Some.Specification(), labels);
        var draws = sampler.Draw(0);
        Assert.Equal(c.Int(total), sampler.DrawsPerEpoch);
        Assert.Equal(
            c.Ints(perClass),
            draws.CountBy(d => labels[d]).OrderBy(n => n.Key).Select(n => n.Value)
        );
    }
}
