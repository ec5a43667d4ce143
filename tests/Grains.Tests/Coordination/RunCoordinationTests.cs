using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Tests.Coordination;

public class RunCoordinationTests
{
    private const long Rounds = 100;
    private readonly LivenessOptions _liveness = new();
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void NobodyTrainsBeforeEverybodyHasOpenedItsData()
    {
        var run = Begin("a/t0", "b/t0");
        run.Beat(Beat("a/t0"), _now);
        run.Beat(Beat("b/t0") with { Stage = TrainerStage.Starting, StateHash = 0 }, _now);

        run.Review(_now);

        Assert.Null(run.Answer("a/t0").Lease);
        run.Beat(Beat("b/t0"), _now);
        Assert.True(run.Review(_now).LeasesChanged);
        Assert.Equal([new SlotRange(0, 2)], run.Answer("a/t0").Lease!.Slots);
        Assert.Equal([new SlotRange(2, 4)], run.Answer("b/t0").Lease!.Slots);
    }

    [Fact]
    public void ARunDoesNotBeginWithFewerTrainersThanItsOwnerWants()
    {
        var run = new RunCoordination(
            "r",
            Start("a/t0", "b/t0") with
            {
                MinTrainers = 2,
            },
            _liveness,
            0,
            false,
            1,
            _now
        );
        run.Beat(Beat("a/t0"), _now);
        run.Lose("b");

        Assert.False(run.Review(_now).LeasesChanged);
        Pass(run, _liveness.Regroup + _liveness.Beat);
        run.Beat(Beat("a/t0"), _now);
        var end = run.Review(_now).End!;

        Assert.Equal("MM4002", end.Fault!.Code);
        Assert.StartsWith(
            "1 of 2 trainers are left, 2 are wanted",
            end.Fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ARunThatHasBegunGoesOnWithOneTrainerHoweverManyItsOwnerWanted()
    {
        var run = new RunCoordination(
            "r",
            Start("a/t0", "b/t0") with
            {
                MinTrainers = 2,
            },
            _liveness,
            0,
            false,
            1,
            _now
        );
        run.Beat(Beat("a/t0"), _now);
        run.Beat(Beat("b/t0"), _now);
        Assert.True(run.Review(_now).LeasesChanged);
        run.Lose("b");
        run.Review(_now);
        Pass(run, _liveness.Regroup + _liveness.Beat);
        run.Beat(Beat("a/t0", 5, run.Answer("a/t0").Lease), _now);

        Assert.Null(run.Review(_now).End);
        Assert.Equal([new SlotRange(0, 4)], run.Answer("a/t0").Lease!.Slots);
    }

    [Fact]
    public void ExactlyOneTrainerWrites()
    {
        var run = Led("a/t0", "b/t0", "c/t0");

        Assert.Single(run.Members, m => run.Answer(m.Trainer).Lease!.Writes);
    }

    [Fact]
    public void SilentTrainersSlotsGoToTheOthersInTheOpenRound()
    {
        var run = Led("a/t0", "b/t0");
        var before = run.Answer("a/t0").Lease!;
        Pass(run, _liveness.Patience + TimeSpan.FromSeconds(1));
        run.Beat(Beat("a/t0", 5, before), _now);

        var decision = run.Review(_now);

        var departure = Assert.Single(decision.Departures);
        Assert.Equal("b/t0", departure.Trainer);
        Assert.Equal("no heartbeat for 6.0 s, patience is 5.0 s", departure.Reason);
        var after = run.Answer("a/t0").Lease!;
        Assert.Equal([new SlotRange(0, 4)], after.Slots);
        Assert.Equal(0, after.FromRound);
        Assert.True(after.Term > before.Term);
        Assert.All(after.Segments, key => Assert.EndsWith("/a", key, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatAQuietTrainerOwesIsComputedByThoseWhoOnlyWaitForIt()
    {
        var run = Led("a/t0", "b/t0");
        Wait(run, "a/t0", _liveness.Missed + _liveness.Beat);

        Assert.Equal([new SlotRange(0, 4)], run.Answer("a/t0").Lease!.Slots);
        Assert.All(run.Segments, key => Assert.EndsWith("/a", key, StringComparison.Ordinal));
        Assert.Contains(run.Members, m => m.Trainer == "b/t0");

        for (var heartbeat = 0; heartbeat < 8; heartbeat++)
        {
            Pass(run, _liveness.Beat);
            foreach (var trainer in (string[])["a/t0", "b/t0"])
                run.Beat(Beat(trainer, 5 + heartbeat, run.Answer(trainer).Lease), _now);
            Assert.Empty(run.Review(_now).Departures);
        }

        Assert.NotEmpty(run.Answer("b/t0").Lease!.Slots);
    }

    [Fact]
    public void AQuietTrainerWhoseRoundsCloseKeepsItsSlots()
    {
        var run = Led("a/t0", "b/t0");
        for (var round = 2; round < 9; round++)
        {
            Pass(run, _liveness.Beat);
            run.Beat(Beat("a/t0", round, run.Answer("a/t0").Lease), _now);
            Assert.False(run.Review(_now).LeasesChanged);
        }
    }

    [Fact]
    public void AQuietTrainersSlotsAreLeftToItWhileOthersComputeTheirOwn()
    {
        var run = Led("a/t0", "b/t0");
        for (var heartbeat = 0; heartbeat < 7; heartbeat++)
        {
            Pass(run, _liveness.Beat);
            var busy = Beat("a/t0", 1, run.Answer("a/t0").Lease) with { Computing = new(heartbeat, 5) };
            run.Beat(busy, _now);
            Assert.False(run.Review(_now).LeasesChanged);
        }
    }

    [Fact]
    public void DeadSilosTrainersLeaveWithoutWaitingForPatience()
    {
        var run = Led("a/t0", "b/t0");
        run.Lose("b");

        var decision = run.Review(_now);

        Assert.Equal("b was declared dead", Assert.Single(decision.Departures).Reason);
        Assert.Equal([new SlotRange(0, 4)], run.Answer("a/t0").Lease!.Slots);
    }

    [Fact]
    public void WhoeverComesGetsSlotsFromAComingRoundOn()
    {
        var run = Led("a/t0");
        var lease = run.Answer("a/t0").Lease!;
        run.Beat(Beat("a/t0", 5, lease), _now);
        run.Beat(Beat("b/t0", 5), _now);

        Assert.True(run.Review(_now).LeasesChanged);

        var (old, joined) = (run.Answer("a/t0").Lease!, run.Answer("b/t0").Lease!);
        Assert.Equal(old.FromRound, joined.FromRound);
        Assert.True(old.FromRound > 5);
        Assert.Equal(Enumerable.Range(0, 4), LeasePlan.Slots([.. old.Slots, .. joined.Slots]).Order());
    }

    [Fact]
    public void SlotsAreNotSharedAnewWhileAnEarlierChangeIsOnItsWay()
    {
        var run = Led("a/t0");
        run.Beat(Beat("a/t0", 5, run.Answer("a/t0").Lease), _now);
        run.Beat(Beat("b/t0", 5), _now);
        run.Review(_now);
        var term = run.Term;
        run.Beat(Beat("c/t0", 5), _now);

        run.Review(_now);

        Assert.Equal(term, run.Term);
    }

    [Fact]
    public void WhoeverCouldNotKeepUpWithItsSlotsWaitsLongerEachTimeForNewOnes()
    {
        var run = Led("a/t0", "b/t0");
        var waits = new List<double>();
        var round = 10L;
        for (var lapse = 0; lapse < 3; lapse++)
        {
            run.Beat(Beat("a/t0", round, run.Answer("a/t0").Lease), _now);
            run.Beat(
                Beat("b/t0", round, run.Answer("b/t0").Lease) with
                {
                    Stage = TrainerStage.Joining,
                },
                _now
            );
            Assert.True(run.Review(_now).LeasesChanged);
            Assert.Empty(run.Answer("b/t0").Lease!.Slots);
            var since = _now;
            do
            {
                Assert.True(_now - since < TimeSpan.FromMinutes(2), "b is never given slots again");
                Pass(run, _liveness.Beat);
                round++;
                foreach (var trainer in (string[])["a/t0", "b/t0"])
                    run.Beat(Beat(trainer, round, run.Answer(trainer).Lease), _now);
                run.Review(_now);
            } while (run.Answer("b/t0").Lease!.Slots.IsEmpty);
            waits.Add((_now - since) / _liveness.Beat);
            round = run.Answer("b/t0").Lease!.FromRound + 1;
            foreach (var trainer in (string[])["a/t0", "b/t0"])
                run.Beat(Beat(trainer, round, run.Answer(trainer).Lease), _now);
        }

        Assert.Equal([2, 4, 8], waits);
    }

    [Fact]
    public void TrainerWithoutTheStateGetsNoSlotsAndIsToldWhomToCopyFrom()
    {
        var run = Led("a/t0");
        run.Beat(Beat("a/t0", 5, run.Answer("a/t0").Lease), _now);
        run.Beat(Beat("b/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);

        run.Review(_now);

        Assert.Empty(run.Answer("b/t0").Lease!.Slots);
        Assert.Equal("a/t0", run.Answer("b/t0").StateFrom);
        Assert.Equal(5, run.Answer("b/t0").Round);
    }

    [Fact]
    public void DrainedSiloKeepsItsSlotsUntilTheOthersHaveThem()
    {
        var run = Led("a/t0", "b/t0");
        var (a, b) = (run.Answer("a/t0").Lease!, run.Answer("b/t0").Lease!);
        run.Beat(Beat("a/t0", 5, a), _now);
        run.Beat(Beat("b/t0", 5, b), _now);
        run.Drain("b");

        run.Review(_now);

        var (kept, left) = (run.Answer("a/t0").Lease!, run.Answer("b/t0").Lease!);
        Assert.Equal([new SlotRange(0, 4)], kept.Slots);
        Assert.Empty(left.Slots);
        Assert.True(kept.FromRound > 5); // until then the older leases hold
        run.Beat(Beat("a/t0", kept.FromRound + 1, kept), _now);
        run.Beat(Beat("b/t0", kept.FromRound + 1, left), _now);
        Assert.Equal("drained", Assert.Single(run.Review(_now).Departures).Reason);
        Assert.Equal(Directive.Leave, run.Answer("b/t0").Directive);
    }

    /// <summary>Whoever is to go has no time to wait until the only other one has proved itself.</summary>
    [Fact]
    public void DrainedSiloHandsOverAlsoToATrainerThatCouldNotKeepUpLately()
    {
        var run = Led("a/t0", "b/t0");
        for (var lapse = 0; lapse < 4; lapse++)
        {
            run.Beat(Beat("b/t0", 10, run.Answer("b/t0").Lease) with { Stage = TrainerStage.Joining }, _now);
            run.Review(_now);
            foreach (var trainer in (string[])["a/t0", "b/t0"])
                run.Beat(Beat(trainer, 10, run.Answer(trainer).Lease), _now);
            if (lapse < 3)
                while (run.Answer("b/t0").Lease!.Slots.IsEmpty)
                {
                    Pass(run, _liveness.Beat);
                    foreach (var trainer in (string[])["a/t0", "b/t0"])
                        run.Beat(Beat(trainer, 10, run.Answer(trainer).Lease), _now);
                    run.Review(_now);
                }
        }

        Assert.Empty(run.Answer("b/t0").Lease!.Slots);
        run.Drain("a");

        run.Review(_now);

        Assert.Equal([new SlotRange(0, 4)], run.Answer("b/t0").Lease!.Slots);
        Assert.Empty(run.Answer("a/t0").Lease!.Slots);
    }

    [Fact]
    public void DrainedSiloThatComesBackAsAnotherProcessGetsSlotsAgain()
    {
        var run = Led("a/t0", "b/t0");
        Drained(run, "b/t0");
        var comes = Beat("b/t0") with { Stage = TrainerStage.Joining, StateHash = 0, Term = 0 };
        run.Beat(comes, _now);
        Assert.Equal(Directive.Leave, run.Answer("b/t0").Directive); // the one that was to go, for all one knows

        run.Welcome("b");

        run.Beat(comes, _now);
        Assert.Equal(Directive.Train, run.Answer("b/t0").Directive);
        run.Beat(Beat("b/t0", 20), _now);
        run.Beat(Beat("a/t0", 20, run.Answer("a/t0").Lease), _now);
        Assert.True(run.Review(_now).LeasesChanged);
        Assert.NotEmpty(run.Answer("b/t0").Lease!.Slots);
    }

    [Fact]
    public void ToBeDrainedIsNoLoss()
    {
        var run = Led("a/t0", "b/t0");
        Drained(run, "b/t0");
        run.Welcome("b");
        run.Beat(Beat("b/t0", 20), _now);
        run.Lose("b");

        var departure = Assert.Single(run.Review(_now).Departures);

        Assert.Equal(TimeSpan.Zero, departure.Quarantine);
    }

    [Fact]
    public void WrongStateIsTakenOutByTheMajorityAndNamed()
    {
        var run = Led("a/t0", "b/t0", "c/t0");
        foreach (var trainer in (string[])["a/t0", "b/t0", "c/t0"])
            run.Beat(
                Beat(trainer, 7, run.Answer(trainer).Lease) with
                {
                    StateHash = trainer == "b/t0" ? 666u : 77u,
                    IsDisputed = true,
                },
                _now
            );

        var departure = Assert.Single(run.Review(_now).Departures);

        Assert.Equal("b/t0", departure.Trainer);
        Assert.Contains("MM4004", departure.Reason, StringComparison.Ordinal);
        Assert.True(departure.Quarantine > TimeSpan.Zero);
    }

    [Fact]
    public void WhoeverWentOnFromAStateThatTheMajorityDoesNotHaveIsTakenOut()
    {
        var run = Led("a/t0", "b/t0", "c/t0");
        run.Beat(Beat("a/t0", 9, run.Answer("a/t0").Lease) with { StateHash = 99 }, _now);
        foreach (var trainer in (string[])["b/t0", "c/t0"])
            run.Beat(Beat(trainer, 7, run.Answer(trainer).Lease) with { IsDisputed = true }, _now);

        var departure = Assert.Single(run.Review(_now).Departures);

        Assert.Equal("a/t0", departure.Trainer);
        Assert.Equal(7, run.Answer("b/t0").Round);
    }

    [Fact]
    public void RunOfTwoWithDifferentStatesGoesBackToItsCheckpointAndSaysWhoHadWhat()
    {
        var run = Led("a/t0", "b/t0");
        foreach (var (trainer, hash) in ((string, UInt128)[])[("a/t0", 1), ("b/t0", 2)])
            run.Beat(
                Beat(trainer, 7, run.Answer(trainer).Lease) with
                {
                    StateHash = hash,
                    IsDisputed = true,
                },
                _now
            );

        var restart = run.Review(_now).Restart!;

        Assert.Equal(7, restart.Dispute!.Round);
        Assert.Equal([new("a/t0", 1), new("b/t0", 2)], restart.Dispute.States);
        Assert.Contains("a/t0 has", restart.Reason, StringComparison.Ordinal);
    }

    /// <summary>A review looks at everybody: one for each heartbeat would cost the square of their number.</summary>
    [Fact]
    public void HeartbeatsOfAThousandTrainersThatBringNothingNewAreReviewedTenTimesInTheTimeOfOne()
    {
        var names = Enumerable.Range(0, 1000).Select(i => $"s{i:D3}/t0").ToArray();
        var run = Led(names);
        run.Review(_now);
        var reviews = 0;
        foreach (var name in names)
        {
            _now += _liveness.Beat / names.Length;
            run.Beat(Beat(name, 2, run.Answer(name).Lease), _now);
            if (!run.IsReviewDue(_now))
                continue;
            run.Review(_now);
            reviews++;
        }

        Assert.Equal(10, reviews);
    }

    [Fact]
    public void HeartbeatWithNewsIsReviewedAtOnce()
    {
        var run = Led("a/t0", "b/t0");
        run.Review(_now);
        run.Beat(Beat("a/t0", 2, run.Answer("a/t0").Lease), _now);
        Assert.False(run.IsReviewDue(_now));

        run.Beat(Beat("b/t0", 2, run.Answer("b/t0").Lease) with { Stage = TrainerStage.Faulted }, _now);

        Assert.True(run.IsReviewDue(_now));
    }

    [Fact]
    public void RunWhoseDevicesComputeOneSlotToDifferentBytesGoesBackToItsCheckpointAndNamesBoth()
    {
        var run = Led("a/t0", "b/t0");
        run.Beat(Beat("a/t0", 7, run.Answer("a/t0").Lease), _now);
        run.Beat(
            Beat("b/t0", 7, run.Answer("b/t0").Lease) with
            {
                IsDisputed = true,
                Conflict = "slots 0-1 of round 7 came with different bytes from a/t0 and from b/t0",
            },
            _now
        );

        var restart = run.Review(_now).Restart!;

        Assert.Equal(
            "slots 0-1 of round 7 came with different bytes from a/t0 and from b/t0: one of the two devices computes wrong",
            restart.Reason
        );
        Assert.Equal(7, restart.Dispute!.Round);
        Assert.Empty(restart.Dispute.States);
    }

    [Fact]
    public void WhoeverDiffersFromTheReplayIsNamedOnceEverybodyHasComeByTheDisputedRound()
    {
        var run = new RunCoordination(
            "r",
            Start("a/t0", "b/t0") with
            {
                Dispute = new(7, [new("a/t0", 1), new("b/t0", 2)]),
            },
            _liveness,
            0,
            false,
            1,
            _now
        );
        run.Beat(Beat("a/t0", 7) with { WitnessHash = 1 }, _now);
        run.Beat(Beat("b/t0", 6), _now);
        Assert.Empty(run.Review(_now).Departures);
        run.Beat(Beat("b/t0", 8) with { WitnessHash = 1 }, _now);

        var departure = Assert.Single(run.Review(_now).Departures);

        Assert.Equal("b/t0", departure.Trainer);
        Assert.Equal(
            "MM4004 its state after round 7 was not the one that the checkpoint leads to",
            departure.Reason
        );
        Assert.Empty(run.Review(_now).Departures);
    }

    [Fact]
    public void AReplayThatIsAtOddsAgainNamesNobody()
    {
        var witness = new ReplayWitness(new(7, [new("a/t0", 1), new("b/t0", 2)]));
        var (a, b) = (
            new Member("a/t0", TimeSpan.MaxValue, TimeSpan.FromSeconds(0.5)),
            new Member("b/t0", TimeSpan.MaxValue, TimeSpan.FromSeconds(0.5))
        );
        a.Note(Beat("a/t0", 8) with { WitnessHash = 1 }, _now, 8);
        b.Note(Beat("b/t0", 8) with { WitnessHash = 3 }, _now, 8);

        Assert.Empty(witness.Wrong([a, b]));
    }

    [Fact]
    public void RunEndsWhenEverybodyHoldsTheLastState()
    {
        var run = Led("a/t0", "b/t0");
        var done = Beat("a/t0", Rounds) with { Stage = TrainerStage.Done, StateSha256 = "feed" };
        run.Beat(done with { Lease = run.Answer("a/t0").Lease }, _now);
        run.Beat(Beat("b/t0", Rounds - 1, run.Answer("b/t0").Lease), _now);
        Assert.Null(run.Review(_now).End);
        run.Beat(done with { Trainer = "b/t0", Lease = run.Answer("b/t0").Lease }, _now);

        var end = run.Review(_now).End!;

        Assert.Equal((RunStatus.Finished, "feed", Rounds), (end.State, end.StateSha256, end.Round));
    }

    [Fact]
    public void StoppedRunKeepsTheFurthestState()
    {
        var run = Led("a/t0", "b/t0");
        run.Stop(now: false);
        Assert.Equal(Directive.Pause, run.Answer("a/t0").Directive);
        run.Beat(Beat("a/t0", 6) with { Stage = TrainerStage.Paused }, _now);
        run.Beat(Beat("b/t0", 7) with { Stage = TrainerStage.Paused }, _now);

        var end = run.Review(_now).End!;

        Assert.Equal((RunStatus.Stopped, 7L, "b/t0"), (end.State, end.Round, end.Saver));
    }

    [Fact]
    public void StoppedRunKeepsTheStateOfTheMajorityAndNamesTheOther()
    {
        var run = Led("a/t0", "b/t0", "c/t0");
        run.Stop(now: false);
        foreach (var (trainer, hash) in ((string, UInt128)[])[("a/t0", 9), ("b/t0", 1), ("c/t0", 1)])
            run.Beat(Beat(trainer, 7) with { Stage = TrainerStage.Paused, StateHash = hash }, _now);

        var decision = run.Review(_now);

        Assert.Equal("b/t0", decision.End!.Saver);
        Assert.Equal("a/t0", Assert.Single(decision.Departures).Trainer);
    }

    [Fact]
    public void StoppedRunSavesNoStateOfWhichNobodyKnowsThatItIsRight()
    {
        var run = Led("a/t0", "b/t0");
        run.Stop(now: false);
        foreach (var (trainer, hash) in ((string, UInt128)[])[("a/t0", 9), ("b/t0", 1)])
            run.Beat(Beat(trainer, 7) with { Stage = TrainerStage.Paused, StateHash = hash }, _now);

        var end = run.Review(_now).End!;

        Assert.Equal((RunStatus.Stopped, null, null), (end.State, end.Saver, end.StateSha256));
    }

    [Fact]
    public void RunThatNobodyCouldBeginFailsAfterAWhile()
    {
        var run = Begin("a/t0");
        run.Lose("a");
        Assert.Null(run.Review(_now).End);
        Pass(run, _liveness.Regroup + TimeSpan.FromSeconds(1));

        var end = run.Review(_now).End!;

        Assert.Equal("MM4002", end.Fault!.Code);
        Assert.Contains("a/t0: a was declared dead", end.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunWhoseStateDiedGoesBackToItsCheckpointOnceNobodyCanBeExpectedBack()
    {
        var run = Led("a/t0", "b/t0");
        run.Lose("a");
        run.Lose("b");
        run.Beat(Beat("c/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);
        var atOnce = run.Review(_now);
        Pass(run, _liveness.Patience + TimeSpan.FromSeconds(1));
        run.Beat(Beat("c/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);

        var later = run.Review(_now);

        Assert.Equal((null, null), (atOnce.Restart, atOnce.End));
        Assert.Null(later.End);
        Assert.Null(Assert.IsType<CoordinationRestart>(later.Restart).Dispute);
    }

    [Fact]
    public void SuccessorThatHearsFromNobodyGoesBackToTheCheckpoint()
    {
        var successor = new RunCoordination("r", Start("a/t0", "b/t0"), _liveness, 1024, true, 2, _now);
        Assert.Null(successor.Review(_now).Restart);
        Pass(successor, _liveness.Patience + TimeSpan.FromSeconds(1));

        Assert.NotNull(successor.Review(_now).Restart);
    }

    [Fact]
    public void RunThatOnlyJoinersCameToGoesBackToItsCheckpoint()
    {
        var run = Begin("a/t0");
        for (var time = 0; time < 2; time++)
        {
            run.Beat(Beat("a/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);
            Assert.Null(run.Review(_now).Restart);
            Pass(run, _liveness.Patience - TimeSpan.FromSeconds(1));
        }

        run.Beat(Beat("a/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);

        Assert.NotNull(run.Review(_now).Restart);
    }

    [Fact]
    public void StateOfASilentTrainerThatComesBackInTimeIsNotGivenUp()
    {
        var run = Led("a/t0");
        Pass(run, _liveness.Patience + TimeSpan.FromSeconds(1));
        Assert.Single(run.Review(_now).Departures);
        run.Beat(Beat("a/t0", 5, run.Answer("a/t0").Lease), _now);
        Pass(run, TimeSpan.FromSeconds(1));

        var decision = run.Review(_now);

        Assert.Equal((null, null), (decision.Restart, decision.End));
        Assert.Equal([new SlotRange(0, 4)], run.Answer("a/t0").Lease!.Slots);
    }

    [Fact]
    public void StoppedRunWhoseStateDiedIsStoppedWhereItsCheckpointIs()
    {
        var run = Led("a/t0");
        run.Lose("a");
        run.Stop(now: false);
        run.Review(_now);
        Pass(run, _liveness.Patience + TimeSpan.FromSeconds(1));

        var end = run.Review(_now).End!;

        Assert.Equal((RunStatus.Stopped, null, null), (end.State, end.Saver, end.StateSha256));
    }

    [Fact]
    public void LastSilosStateIsCheckpointedBeforeItGoes()
    {
        var run = Led("a/t0");
        var lease = run.Answer("a/t0").Lease!;
        run.Beat(Beat("a/t0", 5, lease), _now);
        run.Drain("a");
        Assert.Equal(Directive.Pause, run.Answer("a/t0").Directive);
        Assert.Null(run.Review(_now).Rest); // it still computes

        run.Beat(Beat("a/t0", 6, lease) with { Stage = TrainerStage.Paused }, _now);
        Assert.Equal("a/t0", run.Review(_now).Rest);

        run.Rest();
        Assert.Equal(Directive.Leave, run.Answer("a/t0").Directive);
        Assert.Empty(run.MembersOf("a"));
        Pass(run, _liveness.Regroup * 2);
        var decision = run.Review(_now);
        Assert.Null(decision.End);
        Assert.Null(decision.Restart); // nobody has come yet

        run.Beat(Beat("b/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);
        run.Review(_now);
        Pass(run, _liveness.Patience + TimeSpan.FromSeconds(1));
        run.Beat(Beat("b/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);
        Assert.NotNull(run.Review(_now).Restart);
    }

    [Fact]
    public void SiloThatHasCopiedNoStateYetMayGoAtOnce()
    {
        var run = new RunCoordination("r", Start("a/t0"), _liveness, 7, isSuccessor: true, 1, _now);
        run.Beat(Beat("a/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);
        run.Drain("a");

        Assert.Equal("drained", Assert.Single(run.Review(_now).Departures).Reason);

        Assert.Empty(run.MembersOf("a"));
        Pass(run, _liveness.Regroup * 2);
        Assert.Equal((null, null), (run.Review(_now).End, run.Review(_now).Restart));
    }

    [Fact]
    public void SilosThatAllAreToGoHandOverToOneThatComes()
    {
        var run = Led("a/t0");
        var lease = run.Answer("a/t0").Lease!;
        run.Beat(Beat("a/t0", 5, lease), _now);
        run.Drain("a");
        run.Beat(Beat("b/t0") with { Stage = TrainerStage.Joining, StateHash = 0 }, _now);

        Assert.Equal(Directive.Train, run.Answer("a/t0").Directive);
        Assert.Null(run.Review(_now).Rest);
    }

    /// <summary>V = 4 and three times the speed: one slot against three, and both are done at once.</summary>
    [Fact]
    public void ASlowTrainersSlotGoesToTheFasterOneFromAComingRoundOn()
    {
        var run = Led("a/t0", "b/t0");
        Assert.False(BeatAs(100, 300));
        Pass(run, _liveness.Balance);

        Assert.True(BeatAs(100, 300));

        var (slow, fast) = (run.Answer("a/t0").Lease!, run.Answer("b/t0").Lease!);
        Assert.Equal([new SlotRange(0, 1)], slow.Slots);
        Assert.Equal([new SlotRange(1, 2), new SlotRange(2, 4)], fast.Slots);
        Assert.True(slow.FromRound > 5 && slow.FromRound == fast.FromRound);
        Assert.Equal([new SlotRange(0, 2)], slow.Before!.Slots);

        bool BeatAs(double slowRate, double fastRate)
        {
            foreach (var (trainer, rate) in ((string, double)[])[("a/t0", slowRate), ("b/t0", fastRate)])
                run.Beat(
                    Beat(trainer, 5, run.Answer(trainer).Lease) with
                    {
                        // Half of its time it waits: its own speed is twice what it delivers.
                        Status = new(
                            trainer,
                            "cpu",
                            TrainerStage.Training,
                            [],
                            5,
                            rate / 2,
                            1,
                            0,
                            0.5,
                            0,
                            0.5
                        ),
                    },
                    _now
                );
            return run.Review(_now).LeasesChanged;
        }
    }

    [Fact]
    public void FlappingTrainerStaysOutLongerEachTime()
    {
        var run = Led("a/t0", "b/t0");
        List<TimeSpan> quarantines = [];
        for (var time = 0; time < 3; time++)
        {
            run.Lose("b");
            quarantines.Add(Assert.Single(run.Review(_now).Departures).Quarantine);
            for (
                var heartbeat = 0;
                heartbeat < 300 && !run.Members.Any(m => m.Trainer == "b/t0");
                heartbeat++
            )
            {
                Pass(run, _liveness.Beat);
                run.Beat(Beat("a/t0", 5, run.Answer("a/t0").Lease), _now);
                run.Beat(Beat("b/t0", 5, run.Answer("b/t0").Lease), _now);
                run.Review(_now);
            }
        }

        Assert.Equal([TimeSpan.Zero, _liveness.Quarantine, 2 * _liveness.Quarantine], quarantines);
    }

    /// <summary>Under a fault each half minute three silos were kept out for minutes each, and one trainer was left.</summary>
    [Fact]
    public void TrainerThatHoldsOutForAsLongAsItWasKeptOutIsForgiven()
    {
        var member = new Member("b/t0", _liveness.Quarantine, _liveness.Beat);
        member.Leave("once", _now, _now);
        member.Leave("twice", _now, _now + (2 * _liveness.Quarantine));
        var back = _now + (2 * _liveness.Quarantine);

        Assert.Equal(2, member.Departures(back + _liveness.Quarantine));
        Assert.Equal(1, member.Departures(back + (2 * _liveness.Quarantine)));
        Assert.Equal(0, member.Departures(back + (4 * _liveness.Quarantine)));
    }

    /// <summary>Twelve accidents of a week are not twelve in a row.</summary>
    [Fact]
    public void WhatWentWrongLongAgoKeepsNobodyOut()
    {
        var run = Led("a/t0", "b/t0");
        for (var accident = 0; accident < 4; accident++)
        {
            run.Lose("b");

            Assert.Equal(TimeSpan.Zero, Assert.Single(run.Review(_now).Departures).Quarantine);

            run.Beat(Beat("b/t0", 5, run.Answer("b/t0").Lease), _now);
            Pass(run, _liveness.LongestQuarantine);
            foreach (var trainer in (string[])["a/t0", "b/t0"])
                run.Beat(Beat(trainer, 5, run.Answer(trainer).Lease), _now);
            run.Review(_now);
        }
    }

    [Fact]
    public void SuccessorTakesOverTheLeasesThatTheTrainersHold()
    {
        var first = Led("a/t0", "b/t0");
        var (a, b) = (first.Answer("a/t0").Lease!, first.Answer("b/t0").Lease!);
        var successor = new RunCoordination("r", Start("a/t0", "b/t0"), _liveness, first.Term, true, 2, _now);
        successor.Beat(Beat("a/t0", 9, a), _now);
        successor.Beat(Beat("b/t0", 9, b), _now);

        Assert.True(successor.Review(_now).LeasesChanged);

        Assert.True(successor.Term > first.Term);
        Assert.Equal(a.Slots, successor.Answer("a/t0").Lease!.Slots);
        Assert.Equal(a.Segments, successor.Answer("a/t0").Lease!.Segments);
    }

    [Fact]
    public void SuccessorWaitsForTheLeasesOfTheLivingAndNotForADeadSilos()
    {
        var first = Led("a/t0", "b/t0", "c/t0");
        var successor = new RunCoordination(
            "r",
            Start("a/t0", "b/t0", "c/t0"),
            _liveness,
            first.Term,
            true,
            2,
            _now
        );
        successor.Lose("c");
        successor.Beat(Beat("a/t0", 9, first.Answer("a/t0").Lease), _now);
        Assert.False(successor.Review(_now).LeasesChanged, "b's slots are not known yet");

        successor.Beat(Beat("b/t0", 9, first.Answer("b/t0").Lease), _now);
        Assert.False(successor.Review(_now).LeasesChanged, "others may have joined since");
        Pass(successor, _liveness.Beat);

        Assert.True(successor.Review(_now).LeasesChanged);
        Assert.Equal(
            (2, 2),
            (Count(successor.Answer("a/t0").Lease!), Count(successor.Answer("b/t0").Lease!))
        );
    }

    [Fact]
    public void ATrainerThatLagsKeepsTheSlotsThatItHasFromAComingRoundOnWhileItCatchesUp()
    {
        var (run, lease) = Lagging(round: 95);
        var term = run.Term;
        for (var (time, lag) = (0, 30L); time < 6; time++, lag -= 5)
        {
            Pass(run, _liveness.Beat);
            run.Beat(Beat("a/t0", 195, lease), _now);
            run.Beat(Beat("b/t0", 195 - lag, run.Answer("b/t0").Lease), _now);
            run.Review(_now);
        }

        Assert.Equal(term, run.Term);
    }

    [Fact]
    public void ATrainerThatLagsAndComesNoFurtherLosesTheSlotsThatItHasFromAComingRoundOn()
    {
        var (run, lease) = Lagging(round: 95);
        for (var time = 0; time < 6; time++)
        {
            Pass(run, _liveness.Beat);
            run.Beat(Beat("a/t0", 195, lease), _now);
            run.Beat(Beat("b/t0", 96, run.Answer("b/t0").Lease), _now);
            run.Review(_now);
        }

        Assert.Empty(run.Answer("b/t0").Lease!.Slots);
    }

    [Fact]
    public void ATrainerThatHasJustThawedGetsNoSlotsBeforeItHasCaughtUp()
    {
        var run = Led("a/t0");
        run.Beat(Beat("a/t0", 90, run.Answer("a/t0").Lease), _now);
        run.Beat(Beat("b/t0", 10), _now); // its first heartbeat since: nothing says yet that it stays behind

        run.Review(_now);
        Assert.Empty(run.Answer("b/t0").Lease!.Slots);

        run.Beat(Beat("b/t0", 90), _now);
        run.Review(_now);
        Assert.NotEmpty(run.Answer("b/t0").Lease!.Slots);
    }

    [Fact]
    public void EveryLeaseSaysWhatItsTrainersGoOnWithWithoutTheCoordinatorsSilo()
    {
        var run = LedFrom("a", "a/t0", "b/t0", "c/t0");

        var (a, b, c) = (
            run.Answer("a/t0").Lease!.Fallback!,
            run.Answer("b/t0").Lease!.Fallback!,
            run.Answer("c/t0").Lease!.Fallback!
        );

        Assert.Empty(a.Share.Slots);
        Assert.Equal(Enumerable.Range(0, 4), LeasePlan.Slots([.. b.Share.Slots, .. c.Share.Slots]).Order());
        Assert.Equal(
            (2, 2),
            (LeasePlan.Slots(b.Share.Slots).Count(), LeasePlan.Slots(c.Share.Slots).Count())
        );
        Assert.Single(new[] { a, b, c }, fallback => fallback.Share.Writes);
        Assert.DoesNotContain(b.Segments, key => PinnedKey.Silo(key) == "a");
        Assert.Equal(b.Segments, c.Segments);
    }

    [Fact]
    public void NobodyFallsBackWhereEverybodyIsOnTheCoordinatorsSilo() =>
        Assert.Null(LedFrom("a", "a/t0", "a/t1").Answer("a/t0").Lease!.Fallback);

    [Fact]
    public void CoordinatorThatWasSilentGoesOnWithWhatItsTrainersFellBackTo()
    {
        var run = LedFrom("a", "a/t0", "b/t0", "c/t0");
        var fallen = new[] { "b/t0", "c/t0" }.ToDictionary(t => t, t => run.Answer(t).Lease!.Fallen()!);
        foreach (var (trainer, lease) in fallen)
            run.Beat(Beat(trainer, 40, lease), _now);

        Assert.True(run.Review(_now).LeasesChanged);

        foreach (var (trainer, lease) in fallen)
        {
            Assert.Equal(lease.Slots, run.Answer(trainer).Lease!.Slots);
            Assert.Equal(lease.Segments, run.Answer(trainer).Lease!.Segments);
            Assert.True(run.Answer(trainer).Lease!.Term > lease.Term);
        }

        Assert.Empty(run.Answer("a/t0").Lease!.Slots);
    }

    /// <summary>Its fallback's term is the coordinator's own, and no rival's.</summary>
    [Fact]
    public void OneTrainerThatFellBackAloneCancelsNoHandover()
    {
        var run = LedFrom("a", "a/t0", "b/t0");
        var fallen = run.Answer("b/t0").Lease!.Fallen()!;
        run.Beat(Beat("a/t0", 5, run.Answer("a/t0").Lease), _now);
        run.Beat(Beat("b/t0", 5, run.Answer("b/t0").Lease), _now);
        run.Beat(Beat("c/t0", 5), _now);
        Assert.True(run.Review(_now).LeasesChanged);
        var from = run.Answer("c/t0").Lease!.FromRound;
        Assert.True(from > 5);

        run.Beat(Beat("b/t0", 4, fallen with { Term = Lease.FallbackTerm(run.Term) }), _now);
        run.Review(_now);

        Assert.Equal(from, run.Answer("c/t0").Lease!.FromRound);
    }

    [Fact]
    public void OneTrainerThatFellBackAloneChangesNothingForTheOthers()
    {
        var run = LedFrom("a", "a/t0", "b/t0", "c/t0");
        var before = run.Answer("a/t0").Lease!;
        run.Beat(Beat("a/t0", 40, before), _now);
        run.Beat(Beat("c/t0", 40, run.Answer("c/t0").Lease), _now);
        run.Beat(Beat("b/t0", 40, run.Answer("b/t0").Lease!.Fallen()), _now);

        Assert.True(run.Review(_now).LeasesChanged, "it is to be heard over the fallback");

        Assert.Equal(
            (before.Slots, before.Segments),
            (run.Answer("a/t0").Lease!.Slots, run.Answer("a/t0").Lease!.Segments)
        );
    }

    [Fact]
    public void TermsOfTwoCoordinatorsAreNeverTheSame()
    {
        var (one, other) = (
            Led("a/t0"),
            new RunCoordination("r", Start("a/t0"), _liveness, 0, false, 9, _now)
        );
        other.Beat(Beat("a/t0"), _now);
        other.Review(_now);

        Assert.NotEqual(one.Term, other.Term);
    }

    [Fact]
    public void CoordinatorThatHearsOfANewerTermIsHeardOverIt()
    {
        var run = Led("a/t0");
        var newer = run.Answer("a/t0").Lease! with { Term = run.Term + 5000 };
        run.Beat(Beat("a/t0", 3, newer), _now);

        Assert.True(run.Review(_now).LeasesChanged);
        Assert.True(run.Term > newer.Term);
    }

    private RunCoordination Begin(params string[] trainers) =>
        new("r", Start(trainers), _liveness, 0, false, 1, _now);

    /// <summary>Everybody has a lease.</summary>
    private RunCoordination Led(params string[] trainers) => LedFrom(null, trainers);

    private RunCoordination LedFrom(string? home, params string[] trainers)
    {
        var run = new RunCoordination("r", Start(trainers), _liveness, 0, false, 1, _now, home);
        foreach (var trainer in trainers)
            run.Beat(Beat(trainer), _now);
        Assert.True(run.Review(_now).LeasesChanged);
        foreach (var trainer in trainers)
            run.Beat(Beat(trainer, 1, run.Answer(trainer).Lease), _now);
        return run;
    }

    /// <summary>b/t0 was given slots from a coming round on beside a/t0, and lags.</summary>
    private (RunCoordination Run, Lease OfA) Lagging(long round)
    {
        var run = new RunCoordination("r", new(["a/t0"], 4, 1, 1000, "1"), _liveness, 0, false, 1, _now);
        run.Beat(Beat("a/t0"), _now);
        run.Review(_now);
        run.Beat(Beat("a/t0", round, run.Answer("a/t0").Lease), _now);
        run.Beat(Beat("b/t0", round), _now);
        Assert.True(run.Review(_now).LeasesChanged);
        Assert.NotEmpty(run.Answer("b/t0").Lease!.Slots);
        return (run, run.Answer("a/t0").Lease!);
    }

    private static int Count(Lease lease) => LeasePlan.Slots(lease.Slots).Count();

    /// <summary>Of a/t0 and b/t0, b/t0 has handed over to a/t0.</summary>
    private void Drained(RunCoordination run, string trainer)
    {
        run.Drain(trainer.Split('/')[0]);
        run.Review(_now);
        foreach (var one in (string[])["a/t0", "b/t0"])
            run.Beat(Beat(one, run.Answer(one).Lease!.FromRound + 1, run.Answer(one).Lease), _now);
        Assert.Equal("drained", Assert.Single(run.Review(_now).Departures).Reason);
    }

    /// <summary>A trainer heartbeats for a while, and comes no further; it is reviewed each time.</summary>
    private void Wait(RunCoordination run, string trainer, TimeSpan time)
    {
        for (var until = _now + time; _now < until; )
        {
            Pass(run, _liveness.Beat);
            run.Beat(Beat(trainer, 1, run.Answer(trainer).Lease), _now);
            run.Review(_now);
        }
    }

    /// <summary>Time goes by in which the coordinator would hear anybody.</summary>
    private void Pass(RunCoordination run, TimeSpan time)
    {
        for (var until = _now + time; _now < until; run.Attend(_now))
            _now += _liveness.Beat < until - _now ? _liveness.Beat : until - _now;
    }

    private static CoordinatorStart Start(params string[] trainers) => new([.. trainers], 4, 1, Rounds, "1");

    private static Heartbeat Beat(string trainer, long round = 0, Lease? lease = null) =>
        new()
        {
            Trainer = trainer,
            Term = lease?.Term ?? 0,
            Stage = TrainerStage.Training,
            Round = round,
            StateHash = 77,
            Elements = 1000,
            Lease = lease,
        };
}
