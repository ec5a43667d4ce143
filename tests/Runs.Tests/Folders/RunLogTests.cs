using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnEntryIsOneLineAndIsReadBack()
    {
        var entry = new LogEntry(SomeRun.Time, "warning", "silo-0/t0", "lost  a\nheartbeat");
        using (var log = new RunLog(_folder["log.txt"]))
        {
            log.Write(entry);
        }

        Assert.Equal(
            "2026-01-05T10:41:07.123Z warning silo-0/t0 lost  a ⏎ heartbeat",
            Assert.Single(File.ReadAllLines(_folder["log.txt"]))
        );
        Assert.Equal(
            entry with
            {
                Message = "lost  a ⏎ heartbeat",
            },
            Assert.Single(RunLog.Read(_folder["log.txt"]))
        );
    }

    [Fact]
    public void AFullFileMakesRoomAndBothAreReadInOrder()
    {
        using (var log = new RunLog(_folder["log.txt"], limit: 350))
        {
            for (var i = 0; i < 6; i++)
            {
                log.Write(new LogEntry(SomeRun.Time, "info", "run", $"line {i} {new string('x', 60)}"));
            }
        }

        Assert.True(File.Exists(_folder["log.1.txt"]));
        Assert.Equal(
            Enumerable.Range(0, 6).Select(i => $"line {i}"),
            RunLog.Read(_folder["log.txt"]).Select(entry => entry.Message[..6])
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("no time here")]
    [InlineData("2026-01-05T10:41:07.123Z info")]
    public void ALineThatIsNoEntryIsPassedOver(string line) => Assert.Null(LogEntry.FromLine(line));
}
