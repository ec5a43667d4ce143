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

    /// <summary>A silo that stood still writes on for a moment when it wakes, while another one keeps the run.</summary>
    [Fact]
    public void TwoLogsOfOneFileLeaveEachOthersLinesWhole()
    {
        using var first = new EventLog(File_);
        using var second = new EventLog(File_);
        for (var round = 1; round <= 20; round++)
        {
            first.Append(SomeRun.Event("epoch", $"{round}", round));
            Assert.False(second.Append(SomeRun.Event("epoch", $"{round}", round)));
            second.Append(SomeRun.Event("warning", $"{round}", round));
        }

        Assert.Equal(40, File.ReadAllLines(File_).Length);
        Assert.Equal(
            Enumerable
                .Range(1, 20)
                .SelectMany(round => new[] { ("epoch", $"{round}"), ("warning", $"{round}") }),
            EventLog.Read(File_).Select(record => (record.Event, record.Key))
        );
    }

    [Fact]
    public void ATornLineOfAnotherLogCostsThatLineOnly()
    {
        using var log = new EventLog(File_);
        log.Append(SomeRun.Event("epoch", "1", 97));
        File.AppendAllText(File_, "{\"schema\":\"mm/event/v1\",\"ti");

        log.Append(SomeRun.Event("epoch", "2", 194));

        Assert.Equal(["1", "2"], EventLog.Read(File_).Select(record => record.Key));
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
