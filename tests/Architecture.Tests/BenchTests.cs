using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests;

/// <summary>A benchmark that nobody runs for a month no longer works when its number is wanted.</summary>
public sealed class BenchTests
{
    private static readonly string Bench = Path.Combine(Checkout.Root, "bench");

    [Fact]
    public void EveryVerbIsInTheList()
    {
        var list = File.ReadAllText(Path.Combine(Bench, "BenchCommand.cs"));
        var verbs = Directory
            .EnumerateFiles(Bench, "*Command.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains(": Benchmark", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .ToList();

        Assert.Contains("ThroughputCommand", verbs);
        Assert.DoesNotContain(verbs, verb => !list.Contains($"new {verb}(", StringComparison.Ordinal));
    }

    /// <summary>What is in the list is run by <c>bench check</c>, each verb as it says itself.</summary>
    [Fact]
    public void CiRunsEveryVerb() =>
        Assert.Contains(
            "MMOrleans.Bench.dll check",
            File.ReadAllText(Path.Combine(Checkout.Root, ".ci", "run")),
            StringComparison.Ordinal
        );
}
