using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void ARecordIsReadBackAsItWasWritten()
    {
        var folder = SomeRun.Create(_root["runs"], "r-7f3k9q");

        var read = RunRecord.Read(folder.Record);

        Assert.Equal(SomeRun.Record("r-7f3k9q").ToJson(), read.ToJson());
        Assert.Equal(SomeRun.Row(3), read.Last);
    }

    /// <summary>All runs of a folder share the file that names the latest; silos and processes make theirs at any moment.</summary>
    [Fact]
    public void RunsMadeAtTheSameMomentAreAllMade()
    {
        Parallel.For(0, 200, i => SomeRun.Create(_root["runs"], $"r-{i:d6}"));

        Assert.Equal(200, new RunCatalogue(_root["runs"]).List().Count);
    }

    [Fact]
    public void KeysAreSnakeCaseAndTheSchemaIsNamed()
    {
        var text = SomeRun.Record("r-7f3k9q").ToJson();

        Assert.Contains("\"schema\": \"mm/run/v1\"", text, StringComparison.Ordinal);
        Assert.Contains("\"state_sha256\": null", text, StringComparison.Ordinal);
        Assert.Contains("\"class_counts\": []", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AKeyOfALaterVersionIsPassedOver()
    {
        var folder = SomeRun.Create(_root["runs"], "r-7f3k9q");
        var text = File.ReadAllText(folder.Record);
        File.WriteAllText(
            folder.Record,
            text.Replace("{\n  \"schema\"", "{\n  \"novelty\": 7,\n  \"schema\"", StringComparison.Ordinal)
        );

        Assert.Equal("r-7f3k9q", RunRecord.Read(folder.Record).Id);
    }

    [Fact]
    public void ADamagedRecordIsNamedAndTheOthersAreStillListed()
    {
        SomeRun.Create(_root["runs"], "r-7f3k9q");
        var damaged = SomeRun.Create(_root["runs"], "r-2m8d0c");
        File.WriteAllText(damaged.Record, "{\"schema\":");

        var fault = Assert.Throws<FaultException>(() => RunRecord.Read(damaged.Record));
        var runs = new RunCatalogue(_root["runs"]).List(out var unreadable);

        Assert.Equal("MM5001", fault.Code);
        Assert.Equal(["r-7f3k9q"], runs.Select(run => run.Id));
        Assert.Equal(["r-2m8d0c"], unreadable);
    }

    [Fact]
    public void AFolderThatCannotBeMadeLeavesNothing()
    {
        File.WriteAllText(_root["runs"], "a file where the folder should be");

        var fault = Assert.Throws<FaultException>(() => SomeRun.Create(_root["runs"], "r-7f3k9q"));

        Assert.Equal("MM5003", fault.Code);
        Assert.Contains(_root["runs"], fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAKilledWriterLeftBesideAFileDoesNotHinder()
    {
        var folder = SomeRun.Create(_root["runs"], "r-7f3k9q");
        File.WriteAllText(Path.Combine(folder.Path, ".run.json.writing"), "half");

        SomeRun.Record("r-7f3k9q", name: "other").Write(folder.Record);

        Assert.Equal("other", RunRecord.Read(folder.Record).Name);
        Assert.False(File.Exists(Path.Combine(folder.Path, ".run.json.writing")));
    }

    [Fact]
    public void ADeletedRunIsGoneAndDeletingItAgainChangesNothing()
    {
        var folder = SomeRun.Create(_root["runs"], "r-7f3k9q");

        folder.Delete();
        folder.Delete();

        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void AfterACutEveryStepIsThereOnceHoweverOftenTheRunIsRestored()
    {
        var folder = SomeRun.Create(_root["runs"], "r-7f3k9q");
        var random = new Random(1);
        var next = 1;
        for (var restore = 0; restore < 20; restore++)
        {
            using (var events = new EventLog(folder.Events))
            using (var board = new TensorBoardWriter(folder.TensorBoard, "host", next, TimeProvider.System))
            {
                for (var end = next + random.Next(1, 6); next < end; next++)
                {
                    MetricsCsv.Append(folder.Metrics, SomeRun.Row(next));
                    events.Append(SomeRun.Event("epoch", $"{next}", next * 97L));
                    board.Write(SomeRun.Row(next));
                }
            }

            next = random.Next(Math.Max(1, next - 4), next + 1);
            folder.CutAfter(next - 1, (next - 1) * 97L);
        }

        var wanted = Enumerable.Range(1, next - 1).ToList();
        Assert.Equal(wanted, MetricsCsv.Read(folder.Metrics).Select(row => row.Epoch));
        Assert.Equal(
            wanted.Select(epoch => $"{epoch}"),
            EventLog.Read(folder.Events).Select(record => record.Key)
        );
        Assert.Equal(
            wanted.Select(epoch => (long)epoch),
            Directory
                .GetFiles(folder.TensorBoard)
                .SelectMany(TensorBoardWriterTests.Decode)
                .SelectMany(e => e.Scalars.Where(s => s.Tag == "loss/train").Select(_ => e.Step))
                .Order()
        );
    }
}
