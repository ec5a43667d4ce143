using System.Text.RegularExpressions;
using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests;

/// <summary>Tests and comments cite invariants by number: I1, I2, …</summary>
public sealed partial class InvariantTests
{
    [Fact]
    public void EveryNumberThatIsCitedIsDefinedOnTheArchitecturePage()
    {
        var defined = Definition()
            .Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs", "architecture.md")))
            .Select(match => match.Groups[1].Value)
            .ToList();
        var cited = Sources
            .All("*.cs", "*.md")
            .SelectMany(file =>
                Citation()
                    .Matches(File.ReadAllText(file))
                    .SelectMany(match => Number().Matches(match.Value))
                    .Select(match => (match.Value, File: Path.GetRelativePath(Checkout.Root, file)))
            )
            .ToList();

        Assert.Equal(defined.Distinct(), defined);
        Assert.NotEmpty(cited);
        Assert.DoesNotContain(cited, citation => !defined.Contains(citation.Value));
    }

    [GeneratedRegex(@"^\| \*\*(I\d+)\*\* \|", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"\b[Ii]nvariants? I\d[^.;)]*|\(I\d+\)")]
    private static partial Regex Citation();

    [GeneratedRegex(@"\bI\d+\b")]
    private static partial Regex Number();
}
