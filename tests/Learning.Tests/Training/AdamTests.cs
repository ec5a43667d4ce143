using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training;

public class AdamTests
{
    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void TrajectoryAgreesWithTheGoldenFile(ScalarType type)
    {
        var file = GoldenFile.Open("optimiser");
        var precision = file.In(type);
        var seen = 0;
        foreach (var c in file.Cases.Where(c => c.Has("betas")))
        {
            using var scope = NewDisposeScope();
            var betas = c.Numbers("betas");
            var parameters = precision.Of(c.Numbers("init"));
            var (first, second) = (zeros_like(parameters), zeros_like(parameters));
            var t = 0;
            foreach (var step in c.GetProperty("steps").EnumerateArray())
            {
                new Adam(
                    step.Number("lr"),
                    c.Number("weightDecay"),
                    betas[0],
                    betas[1],
                    c.Number("eps")
                ).Step(parameters, first, second, ++t, precision.Of(step.Numbers("grad")));
                precision.Near(step.Numbers("param"), parameters, $"{c.Id()} step {t}");
            }

            seen++;
        }

        Assert.True(seen > 0, "no case of Adam was read");
    }
}
