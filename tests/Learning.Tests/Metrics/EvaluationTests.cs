using System.Text.Json;
using MMOrleans.Learning.Imbalance;
using MMOrleans.Learning.Metrics;

namespace MMOrleans.Learning.Tests.Metrics;

public class EvaluationTests
{
    [Fact]
    public void GoldenErrorsAndGroupsComeOut()
    {
        var tolerance = GoldenFile.Tolerance("metrics");
        foreach (var golden in GoldenFile.Cases("metrics"))
        {
            var confusion = golden.GetProperty("confusion").GetProperty("data").Deserialize<long[]>()!;
            var classes = golden.GetProperty("confusion").GetProperty("shape")[0].GetInt32();
            var evaluation = new Evaluation(classes, confusion, 0, 0);
            var groups = ShotGroups.ByThresholds(golden.Integers("counts"));

            GoldenFile.AssertClose(
                golden.Numbers("perClassAccuracy"),
                evaluation.PerClass,
                tolerance,
                "per class"
            );
            GoldenFile.AssertClose(
                [golden.Number("top1Error")],
                [100 * (1 - evaluation.Accuracy)],
                tolerance,
                "top-1"
            );
            GoldenFile.AssertClose(
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
                GoldenFile.AssertClose(
                    [accuracy.Number(name)],
                    [evaluation.Mean(group)!.Value],
                    tolerance,
                    name
                );
            }
        }
    }
}
