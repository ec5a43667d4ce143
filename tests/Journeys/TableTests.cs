using System.Reflection;
using MMOrleans.Tests;

namespace MMOrleans.Journeys;

/// <summary>Holds the table of ways to the program's own verbs and flags, and to the ways that there are.</summary>
public sealed class TableTests
{
    private static readonly HashSet<TypedFlag> Walked = [.. JourneyTable.Read().Select(row => row.Flag)];

    [Fact]
    public void EveryVerbIsOnAWay() =>
        Assert.Empty(
            CommandTree
                .All.Where(flag => flag.Flag.Length == 0 && !Walked.Contains(flag))
                .Select(flag => flag.Verb)
        );

    [Fact]
    public void EveryFlagIsOnAWayOrListedWithAReason()
    {
        var missing = CommandTree
            .All.Where(flag => flag.Flag.Length > 0)
            .Except(Walked)
            .Except(Unwalked().Select(row => row.Flag));
        Assert.Empty(missing.Select(flag => $"{flag.Verb} {flag.Flag}"));
    }

    [Fact]
    public void NoFlagIsListedThatIsWalkedOrUnknownAndEachHasAReason() =>
        Assert.All(
            Unwalked(),
            row =>
            {
                Assert.Contains(row.Flag, CommandTree.All);
                Assert.DoesNotContain(row.Flag, Walked);
                Assert.NotEmpty(row.Flag.Flag);
                Assert.True(row.Why.Length > 10, $"no reason is given for {row.Flag}");
            }
        );

    [Fact]
    public void TheTableHasTheWaysThatThereAreAndNoOthers()
    {
        var ways = typeof(Journey)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Journey)))
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
            .Select(method => method.Name);
        Assert.Equal(
            ways.Order(StringComparer.Ordinal),
            JourneyTable.Read().Select(row => row.Way).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void TheTableClaimsNothingThatTheProgramDoesNotHave()
    {
        var known = CommandTree.All.ToHashSet();
        Assert.All(Walked, flag => Assert.Contains(flag, known));
    }

    private static IEnumerable<(TypedFlag Flag, string Why)> Unwalked() =>
        File.ReadLines(Path.Combine(Checkout.Root, "tests", "Journeys", "Unwalked.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (new TypedFlag(cells[1].Trim('`'), cells[2].Trim('`')), cells[3]));
}
