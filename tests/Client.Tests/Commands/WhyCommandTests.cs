using MMOrleans.Client.Commands;
using MMOrleans.Client.Invocations;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Tests.Commands;

public sealed class WhyCommandTests : IDisposable
{
    private const int Page = 15;

    private readonly RunsOnDisk _runs = new();

    [Fact]
    public void AQuietRunIsALineAndWhereItsTimeWent()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        Write(folder, (0, "started", null), (4364, "finished", new RunEnded("finished", null)));

        Assert.Equal(0, WhyCommand.Explain(_runs.Invocation(), folder));

        Assert.StartsWith(
            "r-7f3k9q finished after 200 epochs and 19400 rounds in 1 h 12 m on 2 trainers; nothing happened",
            _runs.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("  goodput", _runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AFindingIsItsSentenceItsEvidenceAndTheNextCommand()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        Write(folder, (9, "membership", Left(0)));

        WhyCommand.Explain(_runs.Invocation(), folder);

        var lines = _runs.Output.Split('\n');
        Assert.StartsWith("silo-0/t0 was lost at epoch 3, round 40", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(
            "  noticed      membership declared silo-0 dead",
            lines[2],
            StringComparison.Ordinal
        );
        Assert.Contains("  try          mm logs r-7f3k9q --trainer silo-0/t0", lines);
    }

    /// <summary>The first is told whole; the others get a sentence at least, and their evidence while there is room.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public void ManyFindingsStayOnAPage(int trainers)
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        Write(folder, [.. Enumerable.Range(0, trainers).Select(i => (i, "membership", (Incident?)Left(i)))]);

        WhyCommand.Explain(_runs.Invocation(), folder);

        Assert.InRange(_runs.Output.TrimEnd().Split('\n').Length, trainers + 1, Page);
        Assert.Equal(trainers, _runs.Output.Split(" was lost at ").Length - 1);
    }

    public void Dispose() => _runs.Dispose();

    private static TrainerLeft Left(int silo) =>
        new($"silo-{silo}/t0", $"silo-{silo}", Detection.Membership, $"silo-{silo} was declared dead")
        {
            Slots = "2-3",
            SlotCount = 2,
            Heirs = ["silo-9/t0"],
        };

    private static void Write(RunFolder folder, params (int Second, string Kind, Incident? Incident)[] events)
    {
        using var log = new EventLog(folder.Events);
        foreach (var (second, kind, incident) in events)
        {
            log.Append(
                new()
                {
                    Time = Some.Time.AddSeconds(second),
                    Event = kind,
                    Epoch = 3,
                    Round = 40,
                    Fields = incident is null ? null : new(incident.ToFields()),
                }
            );
        }
    }
}
