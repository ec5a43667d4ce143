using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Tests.Runs;
using Xunit;

namespace MMOrleans.Grains.Tests.Telemetry;

public sealed class TrainingTelemetryTests : IDisposable
{
    private static int s_runs;

    private readonly string _run = $"r-{Interlocked.Increment(ref s_runs):D6}";
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero));
    private readonly TrainingTelemetry _telemetry;
    private readonly Collected _collected;

    public TrainingTelemetryTests()
    {
        _telemetry = new TrainingTelemetry(_clock, new RunsHere());
        _collected = new Collected(_run, _telemetry.Meter);
        _telemetry.RunOpened(_run, "sampled", 50);
    }

    public void Dispose()
    {
        _collected.Dispose();
        _telemetry.Dispose();
    }

    [Fact]
    public void ARoundIsCountedOnceHoweverManyTrainersTellIt()
    {
        Round(0);
        Round(1);
        _telemetry.EpochClosed(_run, 2, 128, 0.5, null);

        Assert.Equal(
            [(1, "mmorleans.outcome=clean"), (1, "mmorleans.outcome=clean")],
            _collected.Of("mmorleans.rounds")
        );
        Assert.Equal(4 * 32, _collected.Of("mmorleans.samples").Sum(m => m.Value));
        Assert.All(_collected.Of("mmorleans.samples"), m => Assert.Equal("mmorleans.phase=main", m.Tags));
    }

    [Fact]
    public void StagesAreMeasuredPerTrainerAndUnenteredOnesLeftOut()
    {
        Round(0);

        Assert.Equal(
            [
                (0.01, "mmorleans.stage=data,mmorleans.trainer=local/t0"),
                (0.05, "mmorleans.stage=forward,mmorleans.trainer=local/t0"),
                (0.03, "mmorleans.stage=exchange,mmorleans.trainer=local/t0"),
                (0.01, "mmorleans.stage=apply,mmorleans.trainer=local/t0"),
            ],
            _collected
                .Of("mmorleans.stage.duration")
                .Where(m => m.Tags.EndsWith("t0", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void TheFirstAndEveryFiftiethRoundOfAnEpochHaveSpansAndOthersNone()
    {
        for (var round = 0; round < 101; round++)
        {
            Round(round);
        }

        _telemetry.EpochClosed(_run, 101, 128, 0.5, 0.7);

        Assert.Equal(
            [0L, 50L, 100L],
            _collected.Named("round").Select(span => span.GetTagItem("mmorleans.round"))
        );
        Assert.Equal(101, _collected.Of("mmorleans.round.duration").Count);
    }

    [Fact]
    public void ASlowRoundIsKeptThoughItsSlownessIsKnownOnlyAfterwards()
    {
        for (var round = 0; round < 20; round++)
        {
            Round(round);
        }

        Round(20, seconds: 0.31); // the median is 0.1 s
        Round(21, seconds: 0.29);
        _telemetry.EpochClosed(_run, 22, 128, 0.5, null);

        var slow = _collected.Named("round")[^1];
        Assert.Equal(
            (20L, "slow"),
            (slow.GetTagItem("mmorleans.round"), slow.GetTagItem("mmorleans.reason"))
        );
        Assert.Equal(310, slow.Duration.TotalMilliseconds, 3);
        Assert.Equal(2, _collected.Named("round").Count);
    }

    [Fact]
    public void AHealedRoundIsAlwaysKept()
    {
        Round(0);
        Round(1, healed: true);
        _telemetry.EpochClosed(_run, 2, 128, 0.5, null);

        Assert.Equal("healed", _collected.Named("round")[1].GetTagItem("mmorleans.outcome"));
        Assert.Contains((1, "mmorleans.outcome=healed"), _collected.Of("mmorleans.rounds"));
    }

    [Fact]
    public void AnEpochIsOneTraceWithoutOrphansLinkedToTheRunsStart()
    {
        _telemetry.RunStarted(_run, _clock.GetUtcNow(), "mm-drw", "cifar10", "resnet32", 2);
        Round(0);
        Round(1);
        _clock.Advance(TimeSpan.FromSeconds(5));
        _telemetry.Evaluated(_run, _clock.GetUtcNow() - TimeSpan.FromSeconds(1), 10_000, 0.6, 0.7);
        _telemetry.CheckpointSaved(_run, _clock.GetUtcNow() - TimeSpan.FromSeconds(1), 3_700_000);
        _telemetry.EpochClosed(_run, 2, 128, 0.5, 0.7);

        var start = Assert.Single(_collected.Named("run.start"));
        var epoch = Assert.Single(_collected.Named("epoch"));
        var trace = _collected.Spans.Where(span => span.TraceId == epoch.TraceId).ToList();
        Assert.Equal(default, epoch.ParentSpanId);
        Assert.Equal(start.Context, Assert.Single(epoch.Links).Context);
        Assert.Equal(
            [
                "apply",
                "checkpoint.save",
                "compute",
                "data",
                "epoch",
                "evaluate",
                "exchange",
                "forward",
                "round",
                "train",
            ],
            trace.Select(span => span.OperationName).Distinct().Order()
        );
        Assert.All(
            trace.Where(span => span != epoch),
            span => Assert.Contains(trace, other => other.SpanId == span.ParentSpanId)
        );
        Assert.Equal(
            ["local/t0", "local/t1"],
            _collected.Named("compute").Select(span => span.GetTagItem("mmorleans.trainer"))
        );
        Assert.Equal("local/t1", _collected.Named("round")[0].GetTagItem("mmorleans.slowest_trainer"));
        Assert.Equal(epoch.SpanId, Assert.Single(_collected.Named("train")).ParentSpanId);
    }

    [Fact]
    public void AnEpochThatIsComputedAgainLinksToTheOneItRepeats()
    {
        Round(0);
        _telemetry.EpochClosed(_run, 1, 128, 0.5, null);
        Round(0);
        _telemetry.EpochClosed(_run, 1, 128, 0.5, null);

        var epochs = _collected.Named("epoch");
        Assert.Equal(epochs[0].Context, Assert.Single(epochs[1].Links).Context);
    }

    [Fact]
    public void ALongEpochWithManySlowRoundsStaysUnderFiveHundredSpans()
    {
        for (var round = 0; round < 2000; round++)
        {
            Round(round, seconds: round % 3 == 0 ? 1 : 0.1);
        }

        _telemetry.EpochClosed(_run, 2000, 128, 0.5, null);

        Assert.InRange(_collected.Spans.Count, 100, 500);
    }

    [Fact]
    public void SpansHangUnderNothingThatHappensToRun()
    {
        using var foreign = new Activity("grain call").Start();
        Round(0);
        _telemetry.EpochClosed(_run, 1, 128, 0.5, null);

        Assert.NotEqual(foreign.TraceId, Assert.Single(_collected.Named("epoch")).TraceId);
        Assert.Same(foreign, Activity.Current);
    }

    [Fact]
    public void WithoutTracesThereAreNoSpansButAllMetrics()
    {
        _telemetry.RunLeft(_run);
        _telemetry.RunOpened(_run, "none", 50);
        Round(0);
        _telemetry.Evaluated(_run, _clock.GetUtcNow(), 10_000, 0.6, 0.7);
        _telemetry.CheckpointSaved(_run, _clock.GetUtcNow(), 1);
        _telemetry.EpochClosed(_run, 1, 128, 0.5, null);

        Assert.Empty(_collected.Spans);
        Assert.Single(_collected.Of("mmorleans.round.duration"));
    }

    [Fact]
    public void WithAllTracesEveryRoundHasSpans()
    {
        _telemetry.RunLeft(_run);
        _telemetry.RunOpened(_run, "all", 50);
        Round(0);
        Round(1);
        Round(2);
        _telemetry.EpochClosed(_run, 3, 128, 0.5, null);

        Assert.Equal(3, _collected.Named("round").Count);
    }

    [Fact]
    public void TheDurationIsRecordedWithinItsSpanSoThatAnExemplarLeadsThere()
    {
        var current = new List<string?>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (_telemetry.Meter.Owns(instrument) && instrument.Name == "mmorleans.round.duration")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (_, _, _, _) => current.Add(Activity.Current?.OperationName)
        );
        listener.Start();
        Round(0);
        Round(1);
        Round(2);

        Assert.Equal(["round", null], current);
    }

    [Fact]
    public void AnEndedRunsGaugesDisappear()
    {
        _telemetry.RunStatusChanged(_run, "running");
        _telemetry.RunProgressed(
            _run,
            LiveRun.Of(
                new()
                {
                    Round = 7,
                    Rounds = 14,
                    Loss = 0.4,
                },
                [SomeEpoch.Of(1, accuracy: double.NaN).With("few", 0.7).With("test_loss", double.NaN)]
            )
        );

        Assert.Equal([(0.5, $"mmorleans.run.id={_run}")], _collected.Scrape("mmorleans.run.progress"));
        Assert.Equal(
            [(0.4, $"mmorleans.run.id={_run},mmorleans.split=train")],
            _collected.Scrape("mmorleans.run.loss")
        );
        Assert.Equal(
            [(0.7, $"mmorleans.run.id={_run},mmorleans.shot=few")],
            _collected.Scrape("mmorleans.run.accuracy")
        );
        Assert.Equal([(1, "mmorleans.status=running")], _collected.Scrape("mmorleans.runs"));

        _telemetry.RunEnded(_run, "failed", "MM4003", 0.6, isTraced: true);

        // A run that is shorter than an export interval is exported once all the same.
        Assert.Equal([(0.5, $"mmorleans.run.id={_run}")], _collected.Scrape("mmorleans.run.progress"));

        _clock.Advance(TrainingMeter.Afterglow + TimeSpan.FromSeconds(1));

        Assert.Empty(_collected.Scrape("mmorleans.run.progress"));
        Assert.Empty(_collected.Scrape("mmorleans.runs"));
        var end = Assert.Single(_collected.Named("run.end"));
        Assert.Equal(ActivityStatusCode.Error, end.Status);
        Assert.Equal("MM4003", end.GetTagItem("error.type"));
    }

    [Fact]
    public void ALiveRunShowsItsPhaseAndHowLateItsCheckpointsAre()
    {
        _telemetry.RunProgressed(
            _run,
            new LiveRun(new() { Rounds = 1, Phase = "deferred" })
            {
                MinTrainers = 2,
                CheckpointTime = _clock.GetUtcNow(),
                CheckpointLag = 0.5,
            }
        );
        _clock.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(
            [(1, $"mmorleans.run.id={_run},mmorleans.phase=deferred")],
            _collected.Scrape("mmorleans.run.phase")
        );
        Assert.Equal([(2, $"mmorleans.run.id={_run}")], _collected.Scrape("mmorleans.run.trainers.missing"));
        // It grows older though nobody says anything.
        Assert.Equal([(40, $"mmorleans.run.id={_run}")], _collected.Scrape("mmorleans.run.checkpoint.age"));
        Assert.Equal([(0.5, $"mmorleans.run.id={_run}")], _collected.Scrape("mmorleans.run.checkpoint.lag"));
    }

    [Fact]
    public void WhatAlertsWatchIsAtZeroFromTheSilosStart()
    {
        _telemetry.Meter.SiloStarted();

        Assert.Contains((0, "mmorleans.outcome=healed"), _collected.Of("mmorleans.rounds"));
        Assert.Equal(
            ["crash", "drain", "join", "suspect"],
            _collected.Of("mmorleans.membership.changes").Select(m => m.Tags.Split('=')[1]).Order()
        );
        Assert.Equal([(0, "")], _collected.Of("mmorleans.replica.mismatches"));
        Assert.Equal([(0, "error.type=MM4003")], _collected.Of("mmorleans.run.failures"));
        Assert.All(_collected.Measurements, measurement => Assert.Equal(0, measurement.Value));
    }

    [Fact]
    public void AFailedRunIsCountedByItsCodeAndAStoppedOneIsNot()
    {
        _telemetry.RunEnded(_run, "stopped", null, null, isTraced: false);
        _telemetry.RunEnded(_run, "failed", "MM4003", null, isTraced: false);

        Assert.Equal([(1, "error.type=MM4003")], _collected.Of("mmorleans.run.failures"));
    }

    [Fact]
    public void ARunIsInItsEpochsSpanOrBeforeThatInItsStarts()
    {
        Assert.Equal(default, _telemetry.SpanOf("r-unknown"));
        _telemetry.RunStarted(_run, _clock.GetUtcNow(), "mm-drw", "cifar10", "resnet32", 2);
        var start = Assert.Single(_collected.Named("run.start"));

        Assert.Equal(start.SpanId, _telemetry.SpanOf(_run).SpanId);

        Round(0);
        var inEpoch = _telemetry.SpanOf(_run).SpanId;
        _telemetry.EpochClosed(_run, 1, 32, 0.5, null);

        Assert.Equal(Assert.Single(_collected.Named("epoch")).SpanId, inEpoch);
    }

    [Fact]
    public void TrainersAreCountedByStateAndForgottenWhenGone()
    {
        _telemetry.Meter.TrainerIs("a/t0", "working");
        _telemetry.Meter.TrainerIs("a/t1", "working");
        _telemetry.Meter.TrainerIs("a/t1", "idle");
        _telemetry.Meter.QueueIs("a/t1", 3);

        Assert.Equal(
            [(1, "mmorleans.state=idle"), (1, "mmorleans.state=working")],
            _collected.Scrape("mmorleans.trainers").OrderBy(m => m.Tags)
        );

        _telemetry.Meter.TrainerGone("a/t1");

        Assert.Equal([(1, "mmorleans.state=working")], _collected.Scrape("mmorleans.trainers"));
        Assert.Empty(_collected.Scrape("mmorleans.dataset.queue"));
    }

    [Fact]
    public void CheckpointsAreTimedSizedAndTheirFailuresCountedByCode()
    {
        var started = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(2));
        _telemetry.CheckpointSaved(_run, started, 3_700_000);
        _telemetry.CheckpointUnsaved(_run, started, "MM5003");

        Assert.Equal([(2, "mmorleans.operation=save")], _collected.Of("mmorleans.checkpoint.duration"));
        Assert.Equal([(1, "error.type=MM5003")], _collected.Of("mmorleans.checkpoint.failures"));
        Assert.Equal(
            [(3_700_000, "mmorleans.operation=save")],
            _collected.Scrape("mmorleans.checkpoint.size")
        );
    }

    [Fact]
    public void ARecoveryIsMeasuredFromItsNoticing()
    {
        var started = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(4));
        _telemetry.Recovered(_run, "crash", "b", "b/t0", 2, took: _clock.GetUtcNow() - started);
        _telemetry.RoundAbandoned(_run, 0, "main", 7, "MM4003", isFault: true, started);
        _telemetry.RoundAbandoned(_run, 0, "main", 7, "MM4003", isFault: true, started);

        Assert.Equal([(4, "mmorleans.reason=crash")], _collected.Of("mmorleans.recovery.duration"));
        Assert.Equal(2, Assert.Single(_collected.Named("recover")).GetTagItem("mmorleans.slots"));
        Assert.Equal([(1, "mmorleans.outcome=abandoned")], _collected.Of("mmorleans.rounds"));
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(_collected.Named("round")).Status);
    }

    [Fact]
    public void ARoundThatAStopCutsOffIsAbandonedWithoutAFault()
    {
        Round(0);
        _telemetry.RoundAbandoned(_run, 0, "main", 1, "stop", isFault: false, _clock.GetUtcNow());
        _telemetry.RunEnded(_run, "stopped", null, null, isTraced: true);

        var abandoned = _collected
            .Named("round")
            .Single(span => Equals(span.GetTagItem("mmorleans.round"), 1L));
        Assert.Equal(ActivityStatusCode.Unset, abandoned.Status);
        Assert.Equal(_collected.Named("train").Single().SpanId, abandoned.ParentSpanId);
    }

    [Fact]
    public void AnAbandonedFirstRoundBeginsItsEpoch()
    {
        Round(0);
        _telemetry.RoundAbandoned(_run, 1, "deferred", 7, "stop", isFault: false, _clock.GetUtcNow());
        _telemetry.RunEnded(_run, "stopped", null, null, isTraced: true);

        var abandoned = _collected
            .Named("round")
            .Single(span => Equals(span.GetTagItem("mmorleans.round"), 7L));
        var train = Assert.Single(_collected.Named("train"), span => span.SpanId == abandoned.ParentSpanId);
        var epoch = Assert.Single(_collected.Named("epoch"), span => span.SpanId == train.ParentSpanId);
        Assert.Equal(2, epoch.GetTagItem("mmorleans.epoch"));
    }

    [Fact]
    public void PartsThatNobodyHereLeadsLeaveNeitherSpansNorRounds()
    {
        for (var round = 0; round < 1000; round++)
        {
            Part(round, trainer: 1, leads: false, 0.1, healed: false, _clock.GetUtcNow());
        }

        _telemetry.RunLeft(_run);

        Assert.Empty(_collected.Spans);
        Assert.Empty(_collected.Of("mmorleans.rounds"));
        Assert.Equal(1000 * 32, _collected.Of("mmorleans.samples").Sum(m => m.Value));
    }

    [Fact]
    public void WhenAnotherProcessTakesTheLeadTheEpochHereEnds()
    {
        Round(0);
        Round(1);
        for (var round = 2; round < 5; round++)
        {
            Part(round, trainer: 1, leads: false, 0.1, healed: false, _clock.GetUtcNow());
        }

        Assert.Single(_collected.Named("epoch"));
        Assert.Equal(2, _collected.Of("mmorleans.rounds").Count);
    }

    [Fact]
    public void APartThatIsToldAfterItsEpochWasClosedIsNotARoundOfItsOwn()
    {
        var started = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Part(0, trainer: 0, leads: true, 1, healed: false, started);
        _telemetry.EpochClosed(_run, 1, 128, 0.5, null);
        Part(0, trainer: 1, leads: false, 1, healed: false, started);
        Round(1);
        _telemetry.EpochClosed(_run, 1, 128, 0.5, null);

        Assert.Equal(2, _collected.Of("mmorleans.rounds").Count);
        Assert.Single(_collected.Named("round"));
    }

    [Fact]
    public void ARunIsHeldUntilTheLastHasLetGo()
    {
        _telemetry.RunOpened(_run, "sampled", 50);
        Round(0);
        _telemetry.RunLeft(_run);
        Assert.Empty(_collected.Named("epoch"));

        _telemetry.RunLeft(_run);
        Assert.Single(_collected.Named("epoch"));
    }

    [Fact]
    public void TheStartTravelsAsTextToTrainersOfOtherProcesses()
    {
        _telemetry.RunStarted(_run, _clock.GetUtcNow(), "mm-drw", "cifar10", "resnet32", 2);
        using var elsewhere = new TrainingTelemetry(_clock, new RunsHere());
        elsewhere.RunOpened(_run, "sampled", 50, _telemetry.TraceOf(_run));
        elsewhere.DeviceReady(_run, "b/t0", "cpu", _clock.GetUtcNow());

        var start = Assert.Single(_collected.Named("run.start"));
        var device = Assert.Single(_collected.Named("device.init"));
        Assert.Equal((start.TraceId, start.SpanId), (device.TraceId, device.ParentSpanId));
    }

    [Fact]
    public void ACheckpointThatOutlastsItsEpochStaysUnderIt()
    {
        Round(0);
        var began = _clock.GetUtcNow();
        _telemetry.EpochClosed(_run, 1, 128, 0.5, null);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Round(1, epoch: 1);
        _telemetry.CheckpointSaved(_run, began, 1);
        _telemetry.RunLeft(_run);

        var first = _collected.Named("epoch").Single(span => Equals(span.GetTagItem("mmorleans.epoch"), 1));
        Assert.Equal(first.SpanId, Assert.Single(_collected.Named("checkpoint.save")).ParentSpanId);
    }

    /// <summary>Two trainers compute 32 images each; the first speaks for the round, the second takes longer for its slots.</summary>
    private void Round(int round, double seconds = 0.1, bool healed = false, int epoch = 0)
    {
        var started = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        for (var trainer = 0; trainer < 2; trainer++)
        {
            Part(round, trainer, leads: trainer == 0, seconds, healed, started, epoch);
        }
    }

    private void Part(
        int round,
        int trainer,
        bool leads,
        double seconds,
        bool healed,
        DateTimeOffset started,
        int epoch = 0
    ) =>
        _telemetry.RoundClosed(
            new TrainerRound(
                _run,
                $"local/t{trainer}",
                "cpu",
                leads,
                epoch,
                round,
                round,
                "main",
                started,
                started + TimeSpan.FromSeconds(seconds),
                Samples: 32,
                healed,
                new StageSeconds(
                    Data: 0.01,
                    Forward: 0.05 + (0.01 * trainer),
                    Backward: 0,
                    Exchange: 0.03 - (0.01 * trainer),
                    Wait: 0,
                    Apply: 0.01
                )
            )
        );
}
