using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

/// <summary>A folder of many runs is looked at, not read, twice a minute.</summary>
public sealed class UnfinishedRunsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AMinuteLater _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARecordIsReadAgainOnlyWhenItWasReplaced()
    {
        SomeRun.Create(_folder.Path, "r-00000a");
        var ended = SomeRun.Create(_folder.Path, "r-00000b", minute: 1);
        (SomeRun.Record("r-00000b") with { Status = RunStatus.Finished }).Write(ended.Record);
        SomeRun.Create(_folder.Path, "r-00000c", minute: 2);
        var runs = new UnfinishedRuns(_folder.Path, _clock);

        Assert.Equal(["r-00000c", "r-00000a"], runs.List());
        Assert.Equal(["r-00000c", "r-00000a"], runs.List());
        Assert.Equal(3, runs.Parsed);

        SomeRun.Record("r-00000b", minute: 1).Write(ended.Record);
        new RunFolder(_folder.Path, "r-00000c").Delete();

        Assert.Equal(["r-00000b", "r-00000a"], runs.List());
        Assert.Equal(4, runs.Parsed);
    }

    /// <summary>The time of a record that was just written does not tell it from the next one of the same instant.</summary>
    [Fact]
    public void ARecordThatIsSecondsOldIsReadAgain()
    {
        var run = SomeRun.Create(_folder.Path, "r-00000a");
        var runs = new UnfinishedRuns(_folder.Path, TimeProvider.System);
        var written = File.GetLastWriteTimeUtc(run.Record);

        runs.List();
        var other = File.ReadAllText(run.Record)
            .Replace("\"running\"", "\"stopped\"", StringComparison.Ordinal);
        File.WriteAllText(run.Record, other);
        File.SetLastWriteTimeUtc(run.Record, written);

        Assert.Empty(runs.List());
    }

    [Fact]
    public void ARunThatCannotBeReadIsLeftOutAndReadAgain()
    {
        SomeRun.Create(_folder.Path, "r-00000a");
        var broken = SomeRun.Create(_folder.Path, "r-00000b");
        File.WriteAllText(broken.Record, "no JSON");
        var runs = new UnfinishedRuns(_folder.Path, _clock);

        Assert.Equal(["r-00000a"], runs.List());

        SomeRun.Record("r-00000b").Write(broken.Record);
        Assert.Equal(["r-00000b", "r-00000a"], runs.List());
    }

    [Fact]
    public void AFolderThatIsNotThereHoldsNoRuns() =>
        Assert.Empty(new UnfinishedRuns(Path.Combine(_folder.Path, "none"), _clock).List());

    private sealed class AMinuteLater : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromMinutes(1);
    }
}
