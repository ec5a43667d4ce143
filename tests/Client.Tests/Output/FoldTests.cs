using CsCheck;
using MMOrleans.Client.Output;

namespace MMOrleans.Client.Tests.Output;

/// <summary>A command that is shown is whole, or is not shown.</summary>
public sealed class FoldTests
{
    private const string Hint =
        "Ctrl-C saves and stops.   from another terminal: mm watch r-7f3k9q, mm stop r-7f3k9q";

    [Fact]
    public void NoWidthCutsACommand() =>
        Gen.Int[1, 130]
            .Sample(width =>
            {
                var lines = Fold.Words(Hint, width).ToList();
                Assert.All(lines, line => Assert.True(line.Length <= Math.Max(width, "terminal:".Length)));
                foreach (var line in lines)
                    Assert.DoesNotMatch("mm (watch|stop)(?! r-7f3k9q)", line);
                if (width >= "mm watch r-7f3k9q,".Length)
                    Assert.Contains(
                        lines,
                        line => line.Contains("mm stop r-7f3k9q", StringComparison.Ordinal)
                    );
            });

    [Theory]
    [InlineData(120, "Ctrl-C saves and stops.   from another terminal: mm watch r-7f3k9q, mm stop r-7f3k9q")]
    [InlineData(79, "Ctrl-C saves and stops.   from another terminal: mm watch r-7f3k9q,|mm stop r-7f3k9q")]
    [InlineData(60, "Ctrl-C saves and stops.   from another terminal:|mm watch r-7f3k9q, mm stop r-7f3k9q")]
    public void AHintIsFoldedBetweenItsCommands(int width, string lines) =>
        Assert.Equal(lines, string.Join('|', Fold.Words(Hint, width)));

    [Fact]
    public void ACommandInQuotesIsOnePiece() =>
        Assert.Equal(
            ["going on with it takes", "'mm resume r-7f3k9q --from epoch-0001'"],
            Fold.Words("going on with it takes 'mm resume r-7f3k9q --from epoch-0001'", 40)
        );
}
