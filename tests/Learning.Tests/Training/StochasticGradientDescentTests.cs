using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training;

public class StochasticGradientDescentTests
{
    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void TrajectoriesAgreeWithTheGoldenFile(ScalarType type)
    {
        var file = GoldenFile.Open("optimiser");
        var precision = file.In(type);
        foreach (var c in file.Cases.Where(c => c.Has("momentum")))
        {
            using var scope = NewDisposeScope();
            using var state = State(c.Numbers("init"), type);
            var optimiser = new OptimiserSpecification
            {
                LearningRate = c.Number("lr"),
                Momentum = c.Number("momentum"),
                WeightDecay = c.Number("weightDecay"),
                Nesterov = c.GetProperty("nesterov").GetBoolean(),
            };
            foreach (var step in c.GetProperty("steps").EnumerateArray())
            {
                StochasticGradientDescent.Step(
                    state,
                    precision.Of(step.Numbers("grad")),
                    optimiser,
                    step.Number("lr")
                );
                precision.Near(step.Numbers("param"), state.Parameters, c.Id());
            }
        }
    }

    [Fact]
    public void GradientLongerThanTheLimitIsShortenedToIt()
    {
        using var scope = NewDisposeScope();
        using var state = State([0, 0]);
        var optimiser = new OptimiserSpecification
        {
            LearningRate = 1,
            WeightDecay = 0,
            ClipNorm = 1,
        };

        var norm = StochasticGradientDescent.Step(state, tensor(new[] { 3.0, 4.0 }), optimiser, 1);

        Assert.Equal(5, norm, 12);
        Near.Equal([-0.6, -0.8], state.Parameters.data<double>().ToArray(), 1e-12, "step");
    }

    private static FlatState State(double[] parameters, ScalarType type = ScalarType.Float64)
    {
        var state = new FlatState(new([new("p", [parameters.Length], 0, StateKind.Parameter)]), CPU, type);
        state.Parameters.copy_(tensor(parameters));
        return state;
    }
}
