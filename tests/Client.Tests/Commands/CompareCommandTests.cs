using MMOrleans.Client.Commands;
using MMOrleans.Client.Invocations;

namespace MMOrleans.Client.Tests.Commands;

public sealed class CompareCommandTests : IDisposable
{
    private readonly RunsOnDisk _runs = new();

    [Fact]
    public void TwoRunsStandSideBySideWithTheirDifference()
    {
        _runs.Write(RunsOnDisk.Record());
        _runs.Write(RunsOnDisk.Record("r-5c1h2x", "erm", accuracy: 0.704, few: 0.561));

        Compare(["r-7f3k9q", "r-5c1h2x"]);

        Assert.Contains(
            "METRIC r-7f3k9q (mm-drw) r-5c1h2x (erm) DIFFERENCE",
            _runs.Words,
            StringComparison.Ordinal
        );
        Assert.Contains("accuracy 0.779 0.704 +0.075", _runs.Words, StringComparison.Ordinal);
        Assert.Contains("truck (50 images, few) 0.281 0.439 -0.158", _runs.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void LossesOfTwoMethodsAreShownWithoutADifferenceAndThoseOfOneWithIt()
    {
        _runs.Write(RunsOnDisk.Record());
        _runs.Write(RunsOnDisk.Record("r-5c1h2x", "erm"));
        _runs.Write(RunsOnDisk.Record("r-8d2k4m", "mm"));

        Compare(["r-7f3k9q", "r-5c1h2x"]);
        Compare(["r-7f3k9q", "r-8d2k4m"]);

        Assert.Contains("test loss (each its own) 0.700 0.700 -", _runs.Words, StringComparison.Ordinal);
        Assert.Contains("test loss 0.700 0.700 0.000", _runs.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void RunsThatDifferOnlyInTheirSeedBecomeOneColumn()
    {
        // Mean of 0.70, 0.72, 0.74 is 0.72, the sample's deviation 0.02.
        foreach (var (seed, few) in new[] { (1, 0.70), (2, 0.72), (3, 0.74) })
        {
            _runs.Write(RunsOnDisk.Record($"r-00000{seed}", seed: seed, few: few));
            _runs.Write(RunsOnDisk.Record($"r-00001{seed}", "erm", seed, few: few - 0.1));
        }

        Compare(["r-000001", "r-000002", "r-000003", "r-000011", "r-000012", "r-000013"]);

        Assert.Contains("mm-drw (3 seeds)", _runs.Output, StringComparison.Ordinal);
        Assert.Contains(
            "accuracy few 0.720 ± 0.020 0.620 ± 0.020 +0.100",
            _runs.Words,
            StringComparison.Ordinal
        );
        Assert.Matches(@"seed 3 +\+?0\.000 +\+?0\.000 +\+?0\.000 +\+0\.100", _runs.Output);
    }

    [Fact]
    public void JsonHoldsMeansDeviationsAndEveryValue()
    {
        _runs.Write(RunsOnDisk.Record("r-000001", seed: 1, few: 0.70));
        _runs.Write(RunsOnDisk.Record("r-000002", seed: 2, few: 0.74));
        _runs.Write(RunsOnDisk.Record("r-000003", "erm", few: 0.60));

        CompareCommand.Compare(
            _runs.Invocation(json: true),
            _runs.Catalogue,
            ["r-000001", "r-000002", "r-000003"]
        );

        var few = _runs.Json()["columns"]![0]!["metrics"]!["accuracy_few"]!;
        Assert.Equal(0.72, (double)few["mean"]!, 1e-12);
        Assert.Equal(0.0282842712, (double)few["sd"]!, 1e-9);
        Assert.Equal(2, few["values"]!.AsArray().Count);
        Assert.Equal(0.12, (double)_runs.Json()["difference"]!["accuracy_few"]!, 1e-12);
    }

    [Fact]
    public void OneRunTwiceIsRefused()
    {
        _runs.Write(RunsOnDisk.Record());

        var fault = Assert.Throws<FaultException>(() => Compare(["r-7f3k9q", "latest"]));

        Assert.Equal("MM1005", fault.Code);
    }

    public void Dispose() => _runs.Dispose();

    private void Compare(string[] names) =>
        CompareCommand.Compare(_runs.Invocation(), _runs.Catalogue, names);
}
