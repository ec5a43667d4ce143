using MMOrleans.Client.Commands;
using MMOrleans.Client.Invocations;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Tests.Commands;

public sealed class RunsCommandTests : IDisposable
{
    private readonly RunsOnDisk _runs = new();

    [Fact]
    public void EveryRunIsALine()
    {
        _runs.Write(RunsOnDisk.Record());
        _runs.Write(
            RunsOnDisk.Record("r-2m8d0c", "erm", status: RunStatus.Failed) with
            {
                Epoch = 43,
                Error = new("MM4003", "loss is not finite", "clip"),
            }
        );

        List();

        Assert.Equal(
            """
            RUN        NAME       METHOD   STATUS       EPOCH    ACC    FEW   ETA   TRAINERS   AGE
            r-2m8d0c   erm-1      erm      failed      43/200   77.9   71.9     -          2    2h   MM4003 loss is not finite
            r-7f3k9q   mm-drw-1   mm-drw   finished   200/200   77.9   71.9     -          2    2h

            """,
            string.Join(
                '\n',
                _runs
                    .Output.Split('\n')
                    .Select(line => line.TrimEnd())
                    .Order(StringComparer.Ordinal)
                    .Where(l => l.Length > 0)
            ) + "\n",
            ignoreLineEndingDifferences: true
        );
    }

    [Fact]
    public void ARunWhoseProcessIsGoneIsInterrupted()
    {
        _runs.Write(RunsOnDisk.Record(status: RunStatus.Running));

        List();

        Assert.Contains("interrupted", _runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void FiltersAndTheLimitChooseRuns()
    {
        _runs.Write(RunsOnDisk.Record());
        _runs.Write(RunsOnDisk.Record("r-2m8d0c", "erm") with { Tags = new Dictionary<string, string>() });

        RunsCommand.List(
            _runs.Invocation(json: true),
            new RunCatalogue(_runs.Root),
            new("finished", ["project=demo"], 5, "few")
        );

        var run = Assert.Single(_runs.Json()["runs"]!.AsArray());
        Assert.Equal("r-7f3k9q", (string?)run!["id"]);
        Assert.Equal("mm/run/v1", (string?)run["schema"]);
    }

    [Fact]
    public void AnUnknownStatusIsRefusedWithThoseThereAre()
    {
        var fault = Assert.Throws<FaultException>(() =>
            RunsCommand.List(_runs.Invocation(), new RunCatalogue(_runs.Root), new("done", [], 5, "age"))
        );

        Assert.Equal("MM1004", fault.Code);
        Assert.Contains("'done'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("finished", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutRunsItSaysHowToStartOneAndStdoutStaysEmpty()
    {
        List();

        Assert.Empty(_runs.Output);
        Assert.Contains("mm train", _runs.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _runs.Dispose();

    private void List() =>
        RunsCommand.List(_runs.Invocation(), new RunCatalogue(_runs.Root), new(null, [], 50, "age"));
}
