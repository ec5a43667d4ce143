namespace MMOrleans.Journeys;

/// <summary>What is taken for a command in a sentence.</summary>
public sealed class PrintedCommandsTests
{
    [Theory]
    [InlineData("Saved as epoch-0004. Go on with: mm resume r-4yevjk", "mm resume r-4yevjk")]
    [InlineData("  fix   mm show r-x, or go back to a checkpoint with --from", "mm show r-x")]
    [InlineData("name two different runs; 'mm runs' lists them", "mm runs")]
    [InlineData("mm config explain lists all keys", "mm config explain")]
    [InlineData(
        "Run it with:  mm train --data-dir '/my photos/a, b' -q",
        "mm train --data-dir '/my photos/a, b' -q"
    )]
    [InlineData("cifar10  10   not here: mm data fetch cifar10", "mm data fetch cifar10")]
    [InlineData("1 of 2: mm on cifar10-lt-100", "")]
    [InlineData("  mm train [<CONFIG.yaml>] [options]", "")]
    [InlineData("what     mm · resnet8", "")]
    public void ACommandEndsWhereTheSentenceGoesOn(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', PrintedCommands.In(text)));

    [Fact]
    public void PlacesToFillInAreFilled() =>
        Assert.Equal("mm compare r-xkbn80 1", PrintedCommands.Filled("mm compare r-xkbn80 RUN"));

    [Fact]
    public void ACommandThatTheProgramDoesNotHaveIsToldApart()
    {
        Assert.Null(CommandTree.WhyNot(["mm", "resume", "r-x", "--trainers", "2"]));
        Assert.NotNull(CommandTree.WhyNot(["mm", "resume", "r-x", "--trainer-count", "2"]));
        Assert.NotNull(CommandTree.WhyNot(["mm", "go-on"]));
    }

    [Fact]
    public void TheHelpOfAVerbIsNoStepOfAWay()
    {
        Assert.Empty(CommandTree.Read(["resume", "--help"]));
        Assert.Equal(
            [new("resume", ""), new("resume", "--trainers"), new(CommandTree.EveryVerb, "--json")],
            CommandTree.Read(["resume", "r-x", "--trainers", "2", "--json"])
        );
    }
}
