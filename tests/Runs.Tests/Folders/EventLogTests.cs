using System.Text.Json;
using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class EventLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File_ => _folder["events.jsonl"];

    [Fact]
    public void EventsAreReadBackWithTheirFields()
    {
        var record = SomeRun.Event("checkpoint", "epoch-0001", 97) with
        {
            Fields = new() { ["bytes"] = JsonSerializer.SerializeToElement(12L) },
        };
        using (var log = new EventLog(File_))
        {
            log.Append(record);
        }

        var read = Assert.Single(EventLog.Read(File_));
        Assert.Equal(12, read.Fields!["bytes"].GetInt64());
        Assert.Equal(record with { Fields = null }, read with { Fields = null });
        Assert.Single(File.ReadAllLines(File_));
    }

    [Fact]
    public void TheSameEventOfTheSameKeyIsWrittenOnceAlsoAcrossRestarts()
    {
        using (var log = new EventLog(File_))
        {
            Assert.True(log.Append(SomeRun.Event("epoch", "1", 97)));
            Assert.False(log.Append(SomeRun.Event("epoch", "1", 97)));
            Assert.True(log.Append(SomeRun.Event("checkpoint", "1", 97)));
        }

        using (var log = new EventLog(File_))
        {
            Assert.False(log.Append(SomeRun.Event("epoch", "1", 97)));
            Assert.True(log.Append(SomeRun.Event("warning", "", 97)));
            Assert.True(log.Append(SomeRun.Event("warning", "", 97)));
        }

        Assert.Equal(4, EventLog.Read(File_).Count);
    }

    [Fact]
    public void ATornLastLineIsPassedOverAndThenReplaced()
    {
        using (var log = new EventLog(File_))
        {
            log.Append(SomeRun.Event("epoch", "1", 97));
        }

        File.AppendAllText(File_, "{\"schema\":\"mm/event/v1\",\"ti");
        Assert.Single(EventLog.Read(File_));

        using (var log = new EventLog(File_))
        {
            log.Append(SomeRun.Event("epoch", "2", 194));
        }

        Assert.Equal(["1", "2"], EventLog.Read(File_).Select(record => record.Key));
        Assert.Equal(2, File.ReadAllLines(File_).Length);
    }

    [Fact]
    public void ACutRemovesWhatLiesPastTheRound()
    {
        using (var log = new EventLog(File_))
        {
            log.Append(SomeRun.Event("epoch", "1", 97));
            log.Append(SomeRun.Event("epoch", "2", 194));
            log.Append(SomeRun.Event("stopped", "", 195));
        }

        EventLog.CutAfter(File_, 194);

        Assert.Equal(["1", "2"], EventLog.Read(File_).Select(record => record.Key));
    }

    [Fact]
    public void AReaderMayLookWhileItIsWritten()
    {
        using var log = new EventLog(File_);
        log.Append(SomeRun.Event("epoch", "1", 97));

        Assert.Single(EventLog.Read(File_));
    }
}
