using MMOrleans.Client.Commands;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

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
    [InlineData("10", "info", "MM1002")]
    [InlineData("1h30m", "loud", "MM1004")]
    public void ABadFilterIsRefused(string since, string level, string code)
    {
        var fault = Assert.Throws<LearningFault>(() =>
            LogsCommand.Filter(_runs.Invocation(), since, null, level)
        );

        Assert.Equal(code, fault.Code);
    }

    public void Dispose() => _runs.Dispose();
}
