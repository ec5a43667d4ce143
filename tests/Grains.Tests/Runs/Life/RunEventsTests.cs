using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Tests.Runs.Life;

public class RunEventsTests
{
    private static readonly TrainerDescription[] Trainers =
    [
        new("silo-0/t0", "cpu", "avx2", ""),
        new("silo-1/t0", "cuda:0", "avx2", ""),
    ];

    [Fact]
    public void AWaitSaysForPeopleAndProgramsWhatIsMissingAndWhoHasIt() =>
        Assert.Equal(
            new(
                "queued",
                "waiting up to 600 s for trainers: wanted 2 trainers, have 0 (2 busy with r-2m8d0c)",
                new RunQueued("wanted 2 trainers, have 0", "2 busy with r-2m8d0c")
            ),
            RunEvents.Wait(
                TimeSpan.FromMinutes(10),
                new([], 0, "wanted 2 trainers, have 0", "2 busy with r-2m8d0c")
            )
        );

    [Theory]
    [InlineData(null, null, null, "started", "started on silo-0/t0 (cpu), silo-1/t0 (cuda:0)")]
    [InlineData(
        "epoch-0003",
        null,
        "no coordinator leads it",
        "resumed",
        "resumed from epoch-0003 on silo-0/t0 (cpu), silo-1/t0 (cuda:0): no coordinator leads it"
    )]
    [InlineData(
        "epoch-0003",
        "r-7f3k9q@epoch-0003",
        null,
        "started", // its own life begins there
        "forked from r-7f3k9q@epoch-0003 on silo-0/t0 (cpu), silo-1/t0 (cuda:0)"
    )]
    public void AStartSaysFromWhereOnWhomAndWhy(
        string? checkpoint,
        string? fork,
        string? reason,
        string kind,
        string message
    ) => Assert.Equal(new(kind, message), RunEvents.Start(Trainers, checkpoint, fork, reason, null));

    [Theory]
    [InlineData(null, "main", null)]
    [InlineData("main", "main", null)]
    [InlineData("main", "deferred", "re-weighting from epoch 5 on")]
    [InlineData("pretraining", "main", "pre-training is over: the method from epoch 5 on")]
    [InlineData(null, "pretraining", "rotation pre-training comes first: accuracies are of telling turns")]
    public void APhaseIsToldWhenItBegins(string? before, string now, string? message) =>
        Assert.Equal(message, RunEvents.Phase(before, SomeEpoch.Of(5, now))?.Message);

    [Fact]
    public void ImagesThatAreLeftOutAreCountedAndTheFirstNamed()
    {
        Assert.Null(RunEvents.LeftOut([]));
        Assert.StartsWith("MM2005 1 unreadable image is left out", RunEvents.LeftOut(["a.png"])!.Message);
        Assert.Equal(
            new ImagesLeftOut(2, "a.png: no PNG"),
            RunEvents.LeftOut(["a.png: no PNG", "b.png: empty"])!.Incident
        );
    }

    [Fact]
    public void WhatIsNeitherImageNorClassIsToldByItsKind()
    {
        Assert.Null(RunEvents.NoImages([]));
        Assert.Equal(
            new("data", "not read, as neither image nor class: .tif files: 2 (a.tif, b.tif); val: 1 (val/)"),
            RunEvents.NoImages([new(".tif files", 2, ["a.tif", "b.tif"]), new("val", 1, ["val/"])])
        );
    }

    [Fact]
    public void AFaultOfTheEndIsToldWithItsIncident()
    {
        var lost = new RunEnded("failed", "MM4002");
        var fault = new Fault("MM4002", "no trainer is left", "start silos");

        Assert.Equal(
            new("error", "MM4002 no trainer is left", lost),
            RunEvents.End(new(RunStatus.Failed, 12, null, fault, lost))
        );
        Assert.Equal(
            new("finished", "finished after 12 rounds", new RunEnded("finished", null)),
            RunEvents.End(new(RunStatus.Finished, 12, "ab", null))
        );
    }

    [Fact]
    public void ACheckpointThatCouldNotBeWrittenIsAWarningWithTheWayOut()
    {
        var report = new CheckpointReport("epoch-0002", 2, 14, 1_500_000, 0.25, "ab", null);

        Assert.Equal(
            new("checkpoint", "checkpoint epoch-0002, 1.5 MB, 0.25 s"),
            RunEvents.Checkpoint(report)
        );
        Assert.Equal(
            new(
                "warning",
                "MM5003 the disk is full; make room",
                new CheckpointUnwritten("epoch-0002", "MM5003", "the disk is full", "make room")
            ),
            RunEvents.Checkpoint(report with { Fault = new("MM5003", "the disk is full", "make room") })
        );
    }
}
