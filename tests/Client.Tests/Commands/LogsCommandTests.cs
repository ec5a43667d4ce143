using MMOrleans.Client.Commands;
using MMOrleans.Client.Invocations;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Tests.Commands;

public sealed class LogsCommandTests : IDisposable
{
    private readonly RunsOnDisk _runs = new();

    [Fact]
    public async Task EntriesAreChosenByAgeLevelAndTrainer()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        var now = _runs.Clock.GetUtcNow();
        using (var log = new RunLog(folder.Log))
        {
            log.Write(new(now - TimeSpan.FromMinutes(20), "warning", "silo-0/t0", "old"));
            log.Write(new(now - TimeSpan.FromMinutes(5), "info", "silo-0/t0", "not grave"));
            log.Write(new(now - TimeSpan.FromMinutes(4), "error", "silo-1/t0", "another trainer"));
            log.Write(new(now - TimeSpan.FromMinutes(3), "warning", "silo-0/t0", "this"));
        }

        var invocation = _runs.Invocation(json: true);
        await LogsCommand.PrintAsync(
            invocation,
            folder,
            LogsCommand.Filter(invocation, "10m", "silo-0/t0", "warning"),
            follow: false,
            TestContext.Current.CancellationToken
        );

        Assert.Equal("this", (string?)Assert.Single(_runs.JsonLines())["message"]);
    }

    [Theory]
    [InlineData("silo-1/t0", true)]
    [InlineData("silo-1", true)] // all that a silo says
    [InlineData("silo-2/t0", true)] // of whom it is said
    [InlineData("silo-2/t1", false)]
    [InlineData("ilo-2/t0", false)]
    [InlineData("silo-0/t0", false)]
    public void ATrainersEntriesAreThoseItSaysAndThoseThatNameIt(string trainer, bool isWanted) =>
        Assert.Equal(
            isWanted,
            LogsCommand.Filter(_runs.Invocation(), null, trainer, "info")(
                new(_runs.Clock.GetUtcNow(), "info", "silo-1/t0", "silo-2/t0 left, no heartbeat")
            )
        );

    [Fact]
    public async Task ALogOfSeveralSilosIsOneInTheOrderOfTime()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        var now = _runs.Clock.GetUtcNow();
        foreach (var (silo, second) in ((string, int)[])[("silo-0", 1), ("silo-1", 2), ("silo-0", 3)])
        {
            using var log = new RunLog(folder.LogOf(silo));
            log.Write(new(now + TimeSpan.FromSeconds(second), "info", $"{silo}/t0", $"at {second}"));
        }

        await PrintAsync(folder, follow: false);

        Assert.Equal(["at 1", "at 2", "at 3"], _runs.JsonLines().Select(e => (string?)e["message"]));
    }

    [Fact]
    public async Task FollowingPrintsLateEntriesOfEarlierTimesToo()
    {
        var folder = _runs.Write(RunsOnDisk.Record(status: RunStatus.Running));
        File.WriteAllText(folder.CopyMark, "a cluster"); // whose record says that it goes on
        var now = _runs.Clock.GetUtcNow();
        using var late = new RunLog(folder.LogOf("silo-1"));
        using (var log = new RunLog(folder.LogOf("silo-0")))
        {
            log.Write(new(now.AddSeconds(5), "info", "silo-0/t0", "first"));
        }

        var printing = PrintAsync(folder, follow: true);
        await Until(() => _runs.Output.Contains("first", StringComparison.Ordinal));
        late.Write(new(now, "info", "silo-1/t0", "late"));
        await Until(() => _runs.Output.Contains("late", StringComparison.Ordinal));
        (RunRecord.Read(folder.Record) with { Status = RunStatus.Finished }).Write(folder.Record);
        await Until(() => printing.IsCompleted);

        Assert.Equal(["first", "late"], _runs.JsonLines().Select(e => (string?)e["message"]));
    }

    private Task<int> PrintAsync(RunFolder folder, bool follow)
    {
        var invocation = _runs.Invocation(json: true);
        return LogsCommand.PrintAsync(
            invocation,
            folder,
            LogsCommand.Filter(invocation, null, null, "info"),
            follow,
            TestContext.Current.CancellationToken
        );
    }

    private async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            _runs.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("10", "info", "MM1002")]
    [InlineData("1h30m", "loud", "MM1004")]
    public void ABadFilterIsRefused(string since, string level, string code)
    {
        var fault = Assert.Throws<FaultException>(() =>
            LogsCommand.Filter(_runs.Invocation(), since, null, level)
        );

        Assert.Equal(code, fault.Code);
    }

    public void Dispose() => _runs.Dispose();
}
