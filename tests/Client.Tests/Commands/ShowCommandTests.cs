using MMOrleans.Client.Commands;
using MMOrleans.Client.Invocations;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Tests.Commands;

public sealed class ShowCommandTests : IDisposable
{
    private readonly RunsOnDisk _runs = new();

    [Fact]
    public void TheErrorOfEveryClassStandsBesideItsTrainingCount()
    {
        var folder = _runs.Write(RunsOnDisk.Record());

        ShowCommand.Show(_runs.Invocation(), folder);

        Assert.Contains("airplane 5,000 many 10.0 %", _runs.Words, StringComparison.Ordinal);
        Assert.Contains("truck 50 few 28.1 %", _runs.Words, StringComparison.Ordinal);
        Assert.Contains("worst class 70.0 (bird)", _runs.Output, StringComparison.Ordinal);
        Assert.Contains("best        77.9 after epoch 168", _runs.Output, StringComparison.Ordinal);
        Assert.Contains($"sha256 {new string('a', 64)}", _runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonHoldsTheStateHashTheMetricsAndEveryClass()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        MetricsCsv.Append(folder.Metrics, RunsOnDisk.Row(1));
        _runs.Checkpoint(folder, 1);

        ShowCommand.Show(_runs.Invocation(json: true), folder);

        var json = _runs.Json();
        Assert.Equal("mm/run/v1", (string?)json["schema"]);
        Assert.Equal(new string('a', 64), (string?)json["state_sha256"]);
        Assert.Equal(0.719, (double?)json["metrics"]!["accuracy_few"]);
        Assert.Equal(3, json["classes"]!.AsArray().Count);
        Assert.Equal("epoch-0001", (string?)json["checkpoints"]![0]!["name"]);
        Assert.Equal(0.4121, (double?)json["epochs_done"]![0]!["train_loss"]);
    }

    [Fact]
    public void WhereItsTimeWentIsTheLineThatWhyEndsWith()
    {
        var folder = Timed();

        WhyCommand.Explain(_runs.Invocation(), folder);
        var why = _runs.Output.TrimEnd().Split('\n')[^1].Trim();
        ShowCommand.Show(_runs.Invocation(), folder);

        Assert.StartsWith("goodput      0 % of 8,728 trainer-seconds", why, StringComparison.Ordinal);
        Assert.Contains(
            why.Replace("goodput      ", "\ngoodput     "),
            _runs.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void JsonHoldsWhatWhyCounts()
    {
        ShowCommand.Show(_runs.Invocation(json: true), Timed());

        var goodput = _runs.Json()["goodput"]!;
        Assert.Equal(8728, (double)goodput["trainer_seconds"]!, tolerance: 1e-6);
        Assert.Equal("start", (string?)goodput["losses"]![0]!["name"]);
    }

    [Fact]
    public void BeforeItsFirstStartARunHasNoTimeToTellOf()
    {
        var folder = _runs.Write(RunsOnDisk.Record(status: RunStatus.Queued));

        ShowCommand.Show(_runs.Invocation(), folder);

        Assert.DoesNotContain("goodput", _runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AFailedRunSaysWhyAndHowToGoOn()
    {
        var folder = _runs.Write(
            RunsOnDisk.Record(status: RunStatus.Failed) with
            {
                Error = new("MM4003", "loss is not finite", "lower the rate"),
            }
        );

        ShowCommand.Show(_runs.Invocation(), folder);

        Assert.Contains("mm resume r-7f3k9q", _runs.Output, StringComparison.Ordinal);
        Assert.Contains("MM4003: loss is not finite", _runs.Output, StringComparison.Ordinal);
        Assert.Contains("fix   lower the rate", _runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void PipedOutputHasNoEscapeByte()
    {
        ShowCommand.Show(_runs.Invocation(), _runs.Write(RunsOnDisk.Record()));

        Assert.DoesNotContain('\e', _runs.Output);
    }

    public void Dispose() => _runs.Dispose();

    /// <summary>Two trainers for 4364 seconds.</summary>
    private RunFolder Timed()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        using var log = new EventLog(folder.Events);
        log.Append(new() { Time = Some.Time, Event = "started" });
        log.Append(new() { Time = Some.Time.AddSeconds(4364), Event = "finished" });
        return folder;
    }
}
