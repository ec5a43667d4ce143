using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Runs.Tests.Events;

public sealed class IncidentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File_ => _folder["events.jsonl"];

    public static TheoryData<Incident> One =>
        [
            new RunBegan(3.2),
            new RunContinued("epoch-0002", 44, 60, "no coordinator leads it", 1.5),
            new RunEnded("failed", "MM4003"),
            new RunQueued("wanted 2 trainers, have 0", "2 busy with r-7f3k9q"),
            new TrainerJoined("silo-1/t0"),
            new TrainerLeft("silo-1/t0", "silo-1", Detection.Beats, "no heartbeat for 5.1 s"),
            new TrainerStalled("silo-1/t0", 8.2),
            new TrainerMissed("silo-1/t0", 1.6, "2-3", 2, ["silo-0/t0"]),
            new RoundHealed("silo-1/t0", 2, ["silo-0/t0"], 0.4),
            new StoreLost("Redis", "it does not answer"),
            new StoreBack("Redis", 60.2, 400),
            new ImagesLeftOut(2, "dog/1.png: cut"),
            new CheckpointPassedOver("epoch-0002", "SHA-256 differs"),
            new CheckpointUnwritten("epoch-0002", "MM5003", "ENOSPC", "free some space"),
            new EpochDisputed(3),
            new LossNotFinite("silo-1/t0", 3, "first in layer1", 0.1, [2.1, double.PositiveInfinity]),
            new MemoryExhausted("silo-1/t0", "cpu", 1 << 20, null),
        ];

    [Theory]
    [MemberData(nameof(One))]
    public void WhatWasWrittenIsReadFromTheEventsFile(Incident incident)
    {
        using (var log = new EventLog(File_))
            log.Append(Event(incident, round: 3));

        var read = Incident.Of(Assert.Single(EventLog.Read(File_)));

        Assert.NotNull(read);
        Assert.Equal(incident.ToJson(), read.ToJson()); // records compare lists by reference
        Assert.IsType(incident.GetType(), read);
    }

    /// <summary>A kind that nobody wrote a line for would be lost without a word.</summary>
    [Fact]
    public void EveryKindHasAName()
    {
        var kinds = typeof(Incident).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Incident)));

        Assert.Equal(kinds.OrderBy(t => t.Name), One.Select(row => row.Data.GetType()).OrderBy(t => t.Name));
    }

    /// <summary>An event has such members itself: a field of that name would not be found again.</summary>
    [Theory]
    [MemberData(nameof(One))]
    public void NoFieldIsNamedAsAMemberOfTheEvent(Incident incident) =>
        Assert.Empty(
            incident
                .ToFields()
                .Keys.Intersect(["schema", "time", "event", "key", "epoch", "round", "message"])
        );

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"incident\":\"of_a_later_version\",\"trainer\":\"a\"}")]
    [InlineData("not JSON")]
    public void WhatThisVersionDoesNotKnowIsNone(string json) => Assert.Null(Incident.Parse(json));

    [Fact]
    public void ACutKeepsWhatBefellTheRunAndDropsWhatItsRoundsGave()
    {
        using (var log = new EventLog(File_))
        {
            log.Append(Tests.Folders.SomeRun.Event("epoch", "1", 97));
            log.Append(Tests.Folders.SomeRun.Event("epoch", "2", 194));
            log.Append(Event(new TrainerJoined("silo-1/t0"), round: 200));
        }

        EventLog.CutAfter(File_, 97);

        Assert.Equal(["epoch", "membership"], EventLog.Read(File_).Select(e => e.Event));
    }

    public void Dispose() => _folder.Dispose();

    private static EventRecord Event(Incident incident, long round) =>
        new()
        {
            Time = Tests.Folders.SomeRun.Time,
            Event = "membership",
            Round = round,
            Fields = new(incident.ToFields()),
        };
}
