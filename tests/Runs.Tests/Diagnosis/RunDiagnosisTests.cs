using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Tests.Diagnosis;

public class RunDiagnosisTests
{
    private readonly SomeEvidence _run = new();

    private static readonly TrainerLeft Left = new(
        "silo-1/t0",
        "silo-1",
        Detection.Membership,
        "silo-1 was declared dead"
    )
    {
        Slots = "2-3",
        SlotCount = 2,
        Heirs = ["silo-0/t0"],
        SilentSeconds = 1.6,
        Port = PortAnswer.Refused,
    };

    [Fact]
    public void ARunWithNothingToTellSaysSoWithItsNumbers()
    {
        _run.Record = _run.Record with { Epoch = 2, Round = 194, Ended = SomeEvidence.At(24) };
        _run.Add(0, "started")
            .Add(2, "running", new RunBegan(2))
            .Add(24, "finished", new RunEnded("finished", null));

        var diagnosis = RunDiagnosis.Of(_run.Evidence());

        Assert.Empty(diagnosis.Findings);
        Assert.Equal(
            "r-7f3k9q finished after 2 epochs and 194 rounds in 24.0 s on 2 trainers; nothing happened that needs explaining.",
            diagnosis.Summary
        );
    }

    [Fact]
    public void AWaitInTheQueueIsToldWithItsLengthWhatItWaitedForAndWhoHadIt()
    {
        _run.Add(-70, "queued", new RunQueued("wanted 2 trainers, have 0", "2 busy with r-2m8d0c"))
            .Add(-20, "queued", new RunQueued("wanted 2 trainers, have 1", "1 busy with r-2m8d0c"))
            .Add(0, "started")
            .Add(2, "running", new RunBegan(2))
            .Add(24, "finished", new RunEnded("finished", null));

        var finding = Assert.Single(_run.Findings());

        Assert.Equal("It waited in the queue for 1 m 10 s, until 10:41:07Z.", finding.Sentence);
        Assert.Equal(
            ["waited for: wanted 2 trainers, have 1", "held by: 1 busy with r-2m8d0c"],
            Lines(finding)
        );
        Assert.Null(finding.Next);
    }

    [Fact]
    public void ARunThatStillWaitsSaysSinceWhenAndWhereToLook()
    {
        _run.IsLive = true;
        _run.Record = _run.Record with { Status = RunStatus.Queued, Started = null };
        _run.Add(0, "queued", new RunQueued("wanted 2 trainers, have 0", "2 busy with r-2m8d0c"));

        var finding = Assert.Single(_run.Findings(now: 2));

        Assert.Equal("It has been waiting in the queue for 2.0 s, since 10:41:07Z.", finding.Sentence);
        Assert.Equal("mm cluster status --cluster a:1", finding.Next);
    }

    [Fact]
    public void AWaitThatWasGivenUpIsNotTakenForATurnThatCame()
    {
        _run.Record = _run.Record with { Status = RunStatus.Stopped, Started = null };
        _run.Add(-70, "queued", new RunQueued("wanted 2 trainers, have 0", "2 busy with r-2m8d0c"))
            .Add(0, "stopped", new RunEnded("stopped", null));

        var finding = Assert.Single(_run.Findings(), finding => finding.Kind == "queue_wait");

        Assert.Equal("It left the queue at 10:41:07Z after 1 m 10 s, without trainers.", finding.Sentence);
    }

    [Fact]
    public void ATurnThatCameAtOnceIsNothingToTell()
    {
        _run.Add(-4, "queued", new RunQueued("wanted 2 trainers, have 0", "2 busy with r-2m8d0c"))
            .Add(0, "started")
            .Add(24, "finished", new RunEnded("finished", null));

        Assert.Empty(_run.Findings());
    }

    [Fact]
    public void ADivergenceNamesTrainerPlaceGradientsStateAndTheWayOut()
    {
        _run.Record = _run.Record with
        {
            Status = RunStatus.Failed,
            Round = 60,
            LastCheckpoint = "epoch-0042",
            Error = new("MM4003", "loss is not finite", "lower the rate"),
        };
        _run.Add(
            9,
            "error",
            new LossNotFinite("silo-1/t0", 61, "first in layer1.0.conv1", 0.1, [2.1, 40, 38_000])
        );

        var finding = Assert.Single(_run.Findings());

        Assert.Equal(
            "r-7f3k9q failed at epoch 2, round 61 of it (MM4003, loss is not finite).",
            finding.Sentence
        );
        Assert.Equal(
            [
                "first seen: trainer silo-1/t0, 10:41:16Z, first in layer1.0.conv1",
                "before that: gradient norm rose from 2.1 to 3.8e4 over 3 rounds; learning rate was 0.1",
                "state: round 60 of it is the last good one; checkpoint epoch-0042 is complete",
            ],
            Lines(finding)
        );
        Assert.Contains("--set optimiser.clip_norm=5 --cluster a:1", finding.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void ALostTrainerIsToldWithNoticeRecomputedSlotsPauseAndReturn()
    {
        _run.Add(10, "membership", Left)
            .Add(10.4, "membership", new RoundHealed("silo-1/t0", 2, ["silo-0/t0"], 0.4))
            .Add(22, "membership", new TrainerJoined("silo-1/t0"));

        var finding = Assert.Single(_run.Findings());

        Assert.Equal(
            "silo-1/t0 was lost at epoch 2, round 34, 10:41:17Z: its process ended without a word, killed (SIGKILL, out of memory) or crashed.",
            finding.Sentence
        );
        Assert.Equal(
            [
                "noticed: membership declared silo-1 dead 1.6 s after its last heartbeat; its port refuses connections",
                "recomputed: 2 slots (2-3) of the open round, by silo-0/t0",
                "how long: next round 0.4 s after the notice, 2.0 s after its last heartbeat",
                "since then: back at 10:41:29Z, 12.0 s later",
            ],
            Lines(finding)
        );
        Assert.Equal("mm logs r-7f3k9q --trainer silo-1/t0 --cluster a:1", finding.Next);
    }

    /// <summary>The same silence is a freeze when the port still answers, or when the process says so itself.</summary>
    [Theory]
    [InlineData(PortAnswer.Open, false)]
    [InlineData(PortAnswer.Refused, true)]
    public void AFrozenTrainerIsNoLostOne(string port, bool saysSo)
    {
        _run.Add(10, "membership", Left with { Detected = Detection.Beats, Port = port });
        if (saysSo)
            _run.Add(18, "membership", new TrainerStalled("silo-1/t0", 8.2));

        var finding = Assert.Single(_run.Findings());

        Assert.Equal("trainer_frozen", finding.Kind);
        Assert.Contains("SIGSTOP", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(saysSo, finding.Sentence.Contains("did not run for 8.2 s", StringComparison.Ordinal));
    }

    /// <summary>The process that is back before the loss is noticed takes connections; one that is back later says nothing of who did.</summary>
    [Theory]
    [InlineData(9, "trainer_lost")]
    [InlineData(31, "trainer_frozen")]
    public void APortThatASuccessorAnsweredIsNoFreeze(double backSince, string kind)
    {
        _run.Add(10, "membership", Left with { Port = PortAnswer.Open })
            .Add(
                33,
                "membership",
                new TrainerJoined("silo-1/t0") { ProcessSince = SomeEvidence.At(backSince) }
            );

        var finding = Assert.Single(_run.Findings());

        Assert.Equal(kind, finding.Kind);
        Assert.Equal(
            kind == "trainer_lost",
            Lines(finding)
                .Any(line =>
                    line.EndsWith("another process of its name was there already", StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public void APauseTooShortForADepartureIsToldByWhoeverPaused()
    {
        _run.Add(10, "membership", new TrainerStalled("silo-1/t0", 4));

        Assert.Contains(
            "silo-1/t0 did not run for 4.0 s until 10:41:17Z",
            Assert.Single(_run.Findings()).Sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void APauseInWhichOthersComputedItsSlotsSaysWho()
    {
        _run.Add(8, "membership", new TrainerMissed("silo-1/t0", 1.6, "2-3", 2, ["silo-0/t0"]))
            .Add(10, "membership", new TrainerStalled("silo-1/t0", 4));

        Assert.Contains(
            new("recomputed", "2 slots (2-3), by silo-0/t0, once it had said nothing for 1.6 s"),
            Assert.Single(_run.Findings()).Evidence
        );
    }

    [Fact]
    public void ALossWhoseSlotsOthersHadTakenBeforeSaysWhenTheNextRoundCame()
    {
        _run.Add(6, "membership", new TrainerMissed("silo-1/t0", 1.6, "2-3", 2, ["silo-0/t0"]))
            .Add(6.2, "membership", new RoundHealed("silo-1/t0", 2, ["silo-0/t0"], 0.2))
            .Add(10, "membership", Left);

        Assert.Contains(
            new("how long", "next round 0.2 s after it was missed, 1.8 s after its last heartbeat"),
            Assert.Single(_run.Findings()).Evidence
        );
    }

    [Fact]
    public void ADeviceThatHangsIsNamedWithItsTrainer()
    {
        _run.Add(
            10,
            "membership",
            Left with
            {
                Detected = Detection.Hung,
                Reason = "its device has been at one piece of work for 31 s, which took 2.0 s before",
                Port = null,
            }
        );

        var finding = Assert.Single(_run.Findings());

        Assert.EndsWith(": its device hung.", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains(
            "noticed: the others waited for it: its device has been at one piece of work for 31 s, which took 2.0 s before",
            Lines(finding)
        );
    }

    [Fact]
    public void ATrainerLostAgainAndAgainIsOneFindingWithTheLastLoss()
    {
        for (var i = 0; i < 5; i++)
            _run.Add(10 + (4 * i), "membership", Left)
                .Add(12 + (4 * i), "membership", new TrainerJoined("silo-1/t0"));

        var finding = Assert.Single(_run.Findings());

        Assert.Contains("was lost 5 times, last at epoch 2", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal("MM4002", finding.Code);
    }

    /// <summary>The next coordinator notices the same death anew; and forgets that it was to tell of the return.</summary>
    [Fact]
    public void ALossThatTwoCoordinatorsTellOfIsOneAndAnEpochTellsOfTheReturn()
    {
        _run.Add(10, "membership", Left).Add(13, "membership", Left with { SilentSeconds = null });
        _run.Epoch(20, 10, 0, SomeEvidence.Share("silo-0/t0", 1), SomeEvidence.Share("silo-1/t0", 1));

        var finding = Assert.Single(_run.Findings());

        Assert.Contains("silo-1/t0 was lost at ", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("since then: back at 10:41:27Z, 10.0 s later", Lines(finding));
    }

    [Fact]
    public void WhoeverIsDrainedWasNotLost()
    {
        _run.Add(10, "membership", Left with { Detected = Detection.Drain, Reason = "drained" });

        Assert.Empty(_run.Findings());
    }

    [Fact]
    public void AStoreThatWentAndCameSaysHowLongAndHowManyRoundsPassed()
    {
        _run.Add(10, "warning", new StoreLost("the cluster's store", "Redis does not answer"))
            .Add(70, "warning", new StoreBack("the cluster's store", 60.2, 412));

        var finding = Assert.Single(_run.Findings());

        Assert.Equal(
            "The cluster's store was away for 1 m 0 s until 10:42:17Z; training went on, 412 rounds meanwhile.",
            finding.Sentence
        );
        Assert.Contains("recomputed: nothing: no round needs it", Lines(finding));
        Assert.Null(finding.Next);
    }

    [Fact]
    public void AStateThatDifferedIsADisputeAndNoLoss()
    {
        _run.Add(
            10,
            "membership",
            Left with
            {
                Detected = Detection.Replicas,
                Reason = "MM4004 its state after round 7 differs from the majority's",
                QuarantineSeconds = 30,
            }
        );

        var finding = Assert.Single(_run.Findings());

        Assert.Equal(("dispute", "MM4004"), (finding.Kind, finding.Code));
        Assert.Contains("known by: its state after round 7 differs from the majority's", Lines(finding));
    }

    [Fact]
    public void ARestartSaysWhyFromWhereAndHowManyRoundsWereComputedOnceMore()
    {
        _run.Add(10, "epoch")
            .Add(25, "resumed", new RunContinued("epoch-0002", 44, 60, "no coordinator leads it", 0));

        var finding = Assert.Single(_run.Findings());

        Assert.Equal("restart", finding.Kind);
        Assert.Equal(
            [
                "why: no coordinator leads it",
                "went back: to epoch-0002, round 44",
                "recomputed: 16 rounds",
                "how long: 15.0 s from the last sign of life",
            ],
            Lines(finding)
        );
    }

    [Fact]
    public void AResumptionThatWasAskedForNeedsNoExplaining()
    {
        _run.Add(25, "resumed", new RunContinued("epoch-0002", 44, 44, null, 0));

        Assert.Empty(_run.Findings());
    }

    [Fact]
    public void ADamagedCheckpointNamesTheDamageAndWhatWasUsedInstead()
    {
        _run.Add(25, "resumed", new RunContinued("epoch-0001", 22, 44, null, 0))
            .Add(25, "warning", new CheckpointPassedOver("epoch-0002", "model.safetensors: SHA-256 differs"));

        var finding = Assert.Single(_run.Findings());

        Assert.Equal(("checkpoint_damaged", "MM5001"), (finding.Kind, finding.Code));
        Assert.Contains("damage: model.safetensors: SHA-256 differs", Lines(finding));
        Assert.Contains("instead: epoch-0001 was used; 22 rounds recomputed", Lines(finding));
    }

    [Fact]
    public void AFullDiskNamesPathCauseAndTheCheckpointThatCameAfter()
    {
        _run.Add(
                10,
                "warning",
                new CheckpointUnwritten("epoch-0003", "MM5003", "cannot write x: ENOSPC", "free some space")
            )
            .Add(30, "checkpoint", message: "checkpoint epoch-0005, 0.6 MB, 0.01 s");

        var finding = Assert.Single(_run.Findings());

        Assert.Contains("why: cannot write x: ENOSPC", Lines(finding));
        Assert.Contains("since then: checkpoint epoch-0005, 0.6 MB, 0.01 s, at 10:41:37Z", Lines(finding));
        Assert.Null(finding.Next);
    }

    [Fact]
    public void ImagesLeftOutAreCountedOnceHoweverOftenTheRunStarts()
    {
        _run.Add(0, "warning", new ImagesLeftOut(2, "dog/1.png: cut"))
            .Add(50, "warning", new ImagesLeftOut(2, "dog/1.png: cut"));

        Assert.Equal(
            "2 images could not be read and were left out (MM2005).",
            Assert.Single(_run.Findings()).Sentence
        );
    }

    [Theory]
    [InlineData(RunStatus.Finished, "")]
    [InlineData(RunStatus.Failed, "MM4002")]
    public void MemoryThatRanOutIsOneFindingWhetherTheRunSurvivesOrNot(RunStatus status, string code)
    {
        _run.Record = _run.Record with
        {
            Status = status,
            Error = code.Length == 0 ? null : new(code, "0 of 2 trainers are left", "mm resume"),
        };
        _run.Add(10, "membership", Left with { Detected = Detection.Report, Code = "MM4001" })
            .Add(10, "membership", new MemoryExhausted("silo-1/t0", "cpu", 1L << 31, null));

        var finding = Assert.Single(_run.Findings());

        Assert.Equal(("out_of_memory", "silo-1/t0"), (finding.Kind, finding.Trainer));
        Assert.Contains("asked for: 2.0 GiB", Lines(finding));
        Assert.Contains("--slots 8", finding.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void ARecordThatSaysRunningWithoutAProcessIsAnInterruption()
    {
        _run.Record = _run.Record with { Status = RunStatus.Running, LastCheckpoint = "epoch-0001" };
        _run.Add(10, "epoch", message: "epoch 1");

        var diagnosis = RunDiagnosis.Of(_run.Evidence());

        Assert.Contains("is interrupted", diagnosis.Summary, StringComparison.Ordinal);
        Assert.Equal("mm resume r-7f3k9q --cluster a:1", Assert.Single(diagnosis.Findings).Next);
    }

    [Fact]
    public void AStragglerIsNamedWithItsStageAndWhatTheOthersWait()
    {
        for (var epoch = 1; epoch <= 3; epoch++)
            _run.Epoch(
                10 * epoch,
                10,
                0,
                SomeEvidence.Share("silo-0/t0", 0.4),
                SomeEvidence.Share("silo-1/t0", 1.0),
                SomeEvidence.Share("silo-2/t0", 0.4)
            );

        var finding = Assert.Single(_run.Findings());

        // 1 s of work for 20 images, or 0.4 s.
        Assert.Equal("silo-1/t0 is 2.5 times as slow as the others, in computing.", finding.Sentence);
        Assert.Contains("an image takes: 50.0 ms there, 20.0 ms with the others (median)", Lines(finding));
        Assert.Contains("the others: wait 60 % of their time", Lines(finding));
    }

    /// <summary>Twice the slots in twice the time is the same speed.</summary>
    [Fact]
    public void WhoeverHasMoreSlotsIsNoStraggler()
    {
        for (var epoch = 1; epoch <= 3; epoch++)
            _run.Epoch(
                10 * epoch,
                10,
                0,
                SomeEvidence.Share("silo-0/t0", 0.5, slots: 1),
                SomeEvidence.Share("silo-1/t0", 1.0, slots: 2)
            );

        Assert.Empty(_run.Findings());
    }

    [Fact]
    public void AnEpochOfTwiceTheUsualTimeIsToldWithItsStage()
    {
        for (var epoch = 1; epoch <= 5; epoch++)
            _run.Epoch(100 * epoch, epoch == 4 ? 40 : 10, epoch == 4 ? 31 : 1);

        Assert.Equal(
            "Epoch 4 took 4.0 times the usual 10.0 s, most of it evaluating.",
            Assert.Single(_run.Findings()).Sentence
        );
    }

    [Fact]
    public void TheDocumentHasItsSchemaAndEveryFinding()
    {
        _run.Add(10, "membership", Left);

        var json = System.Text.Json.Nodes.JsonNode.Parse(DiagnosisDocument.Of(_run.Evidence()).ToJson())!;

        Assert.Equal("mm/why/v1", (string?)json["schema"]);
        Assert.Equal("trainer_lost", (string?)json["findings"]![0]!["kind"]);
        Assert.Equal("noticed", (string?)json["findings"]![0]!["evidence"]![0]!["label"]);
    }

    private static IEnumerable<string> Lines(Finding finding) =>
        finding.Evidence.Select(line => $"{line.Label}: {line.Text}");
}
