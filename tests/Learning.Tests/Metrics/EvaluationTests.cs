using System.Text.Json;
using MMOrleans.Learning.Imbalance;
using MMOrleans.Learning.Metrics;

namespace MMOrleans.Learning.Tests.Metrics;

public class EvaluationTests
{
    [Fact]
    public void GoldenErrorsAndGroupsComeOut()
    {
        var tolerance = GoldenCases.Tolerance("metrics");
        foreach (var golden in GoldenCases.Cases("metrics"))
        {
            var confusion = golden.GetProperty("confusion").GetProperty("data").Deserialize<long[]>()!;
            var classes = golden.GetProperty("confusion").GetProperty("shape")[0].GetInt32();
            var evaluation = new Evaluation(classes, confusion, 0, 0);
            var groups = ShotGroups.ByThresholds(golden.Integers("counts"));

            GoldenCases.AssertClose(
                golden.Numbers("perClassAccuracy"),
                evaluation.PerClass,
                tolerance,
                "per class"
            );
            GoldenCases.AssertClose(
                [golden.Number("top1Error")],
                [100 * (1 - evaluation.Accuracy)],
                tolerance,
                "top-1"
            );
            GoldenCases.AssertClose(
                [golden.Number("balancedError")],
                [100 * (1 - evaluation.BalancedAccuracy)],
                tolerance,
                "balanced"
            );
            var accuracy = golden.GetProperty("groupAccuracy");
            foreach (
                var (name, group) in (ReadOnlySpan<(string, IReadOnlyList<int>)>)
                    [("many", groups.Many), ("medium", groups.Medium), ("few", groups.Few)]
            )
            {
                Assert.Equal(golden.GetProperty("groups").Integers(name), group);
                GoldenCases.AssertClose(
                    [accuracy.Number(name)],
                    [evaluation.Mean(group)!.Value],
                    tolerance,
                    name
                );
            }
        }
    }
}
