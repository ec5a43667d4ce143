using System.Text.Json;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Grains.Tests.Simulation;
using MMOrleans.Grains.Timing;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Runs.Life;

public class RunLifeTests
{
    private const string Run = "r-life01";
    private static readonly RunSpecification Specification = LocalRun.Specification(epochs: 10);
    private static readonly TrainerDescription Trainer = new("a/t0", "cpu", "same", "");
    private static readonly Fault TooFull = new("MM5003", "the disk is full", "make room");

    private readonly RunLife _life = new(Run, new LivenessOptions());
    private DateTimeOffset _now = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ASubmissionIsOpenedAskedForCreatedAndStarted()
    {
        var settings = Settings(wait: TimeSpan.Zero);

        Assert.IsType<LifeEffect.Open>(Assert.Single(Submit(settings)));
        Assert.Equal(
            TrainerClaim.Once,
            Assert.IsType<LifeEffect.Ask>(Assert.Single(Decide(Opened(settings)))).Claim
        );
        Assert.IsType<LifeEffect.Create>(Assert.Single(Decide(Allotted(Trainer))));
        var start = Only<LifeEffect.Start>(Decide(new LifeEvent.Created(Record(settings))));

        Assert.Equal(RunStatus.Starting, start.Run.Record.Status);
        Assert.Equal("started on a/t0 (cpu)", start.News.Message);
        Assert.IsType<LifeState.Starting>(_life.State);
    }

    [Theory]
    [InlineData(true, "H200")]
    [InlineData(false, null)]
    public void ARunThatGoesOnAsksForTheBuildThatItWasStartedOnWhereItIsStrict(bool strict, string? asked)
    {
        var settings = Settings(wait: TimeSpan.Zero);
        Submit(settings);
        var opened = Opened(settings);

        var ask = Only<LifeEffect.Ask>(
            Decide(
                opened with
                {
                    Specification = opened.Specification with { Strict = strict },
                    Record = opened.Record with { Fingerprint = "H200" },
                }
            )
        );

        Assert.Equal(asked, ask.Fingerprint);
    }

    [Fact]
    public void WhatAPersonCanDoAboutAnotherBuildIsTold()
    {
        Submit(Settings(wait: TimeSpan.Zero));
        Decide(Opened(Settings(wait: TimeSpan.Zero)));

        var answer = Only<LifeEffect.Answer>(
            Decide(
                new LifeEvent.Allotted(
                    new([], 0, "wanted 1 trainer, have 0", "1 of another build", "start one")
                )
            )
        );

        Assert.Equal(
            ("wanted 1 trainer, have 0 (1 of another build)", "start one"),
            (answer.Fault!.Message, answer.Fault.Fix)
        );
    }

    [Fact]
    public void ASubmissionThatCannotBeginLeavesNothing()
    {
        Submit(Settings(wait: TimeSpan.Zero));
        Decide(Opened(Settings(wait: TimeSpan.Zero)));

        var answer = Only<LifeEffect.Answer>(Decide(Allotted()));

        Assert.Equal((false, "MM3002"), (answer.IsAccepted, answer.Fault!.Code));
        Assert.IsType<LifeState.Absent>(_life.State);
    }

    [Fact]
    public void TrainersOfARunThatCannotBeWrittenAreReleased()
    {
        Submit(Settings());
        Decide(Opened(Settings()));
        Decide(Allotted(Trainer));

        var effects = Decide(new LifeEvent.CreationFailed(TooFull));

        Assert.Contains(new LifeEffect.Release(), effects);
        Assert.Equal(TooFull, Only<LifeEffect.Answer>(effects).Fault);
        Assert.IsType<LifeState.Absent>(_life.State);
    }

    [Fact]
    public void AQueuedRunStartsWhenItsTurnComes()
    {
        Queue();

        Assert.Equal(TrainerClaim.Queued, Only<LifeEffect.Ask>(Decide(new LifeEvent.Tick())).Claim);
        Assert.IsType<RunIntent.Turn>(Only<LifeEffect.Open>(Decide(Allotted(Trainer))).Intent);
        Decide(Opened(Settings()));
        var start = Only<LifeEffect.Start>(Decide(Allotted(Trainer)));

        Assert.True(start.IsFirst);
        Assert.Null(start.Run.Record.WaitingFor);
    }

    [Fact]
    public void AQueuedRunWhoseTrainersGoWhileItOpensWaitsOn()
    {
        Queue();
        Decide(new LifeEvent.Tick());
        Decide(Allotted(Trainer));
        Decide(Opened(Settings()));

        Decide(Allotted());

        Assert.IsType<LifeState.Queued>(_life.State);
    }

    [Fact]
    public void AQueuedRunFailsWhenItHasWaitedLongEnough()
    {
        Queue();
        _now += TimeSpan.FromMinutes(2);

        var end = Only<LifeEffect.End>(Decide(Allotted()));

        Assert.Equal((RunStatus.Failed, "MM3002"), (end.Outcome.State, end.Outcome.Fault!.Code));
        Assert.EndsWith("after 60 s", end.Outcome.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AStopWhileNobodyLeadsEndsTheRunAsItsOwnerWanted()
    {
        Start();
        Decide(new LifeEvent.StopAsked(false, "request"));

        var end = Only<LifeEffect.End>(Decide(new LifeEvent.Led(false)));

        Assert.Equal((RunStatus.Stopped, "request"), (end.Outcome.State, end.Run.Record.StopReason));
    }

    /// <summary>A coordinator that died took the stop with it; its successor is told.</summary>
    [Fact]
    public void WhoeverLeadsARunThatIsToStopIsToldAgain()
    {
        Start();
        Decide(new LifeEvent.StopAsked(false, "request"));

        Assert.IsType<LifeEffect.StopCoordinator>(Assert.Single(Decide(new LifeEvent.Led(true))));
    }

    [Fact]
    public void TheEndOfAnEarlierAttemptIsNothingToTheRun()
    {
        Start();
        var outcome = new RunEnd(RunStatus.Finished, 70, "00", null, Attempt: "an earlier one");

        Assert.Empty(Decide(new LifeEvent.CoordinatorEnded(outcome)));
        Assert.IsType<LifeState.Starting>(_life.State);
    }

    /// <summary>The cluster did not answer: the coordinator says again that it has ended, and the tick tries, too.</summary>
    [Fact]
    public void ARunThatIsOverReleasesItsTrainersUntilTheyAre()
    {
        Start();
        var outcome = new RunEnd(RunStatus.Finished, 70, "00", null);
        Assert.Contains(new LifeEffect.Release(), Decide(new LifeEvent.CoordinatorEnded(outcome)));

        Assert.Equal(
            new LifeEffect.Release(),
            Assert.Single(Decide(new LifeEvent.CoordinatorEnded(outcome)))
        );
        Assert.Equal(new LifeEffect.Release(), Assert.Single(Decide(new LifeEvent.Tick())));
        Decide(new LifeEvent.Released());
        Assert.Empty(Decide(new LifeEvent.CoordinatorEnded(outcome)));
    }

    /// <summary>Found by the schedules: the activation before had died between the record and the release.</summary>
    [Fact]
    public void ARunThatIsFoundOverReleasesItsTrainers()
    {
        Decide(new LifeEvent.Found(Record(Settings()) with { Status = RunStatus.Finished }, IsLed: false));

        Assert.Equal(new LifeEffect.Release(), Assert.Single(Decide(new LifeEvent.Tick())));
    }

    /// <summary>A coordinator that is cut off asks, while another one leads; that it was heard a moment ago is true whatever the wall clock says.</summary>
    [Fact]
    public void ARunThatWasHeardOfAMomentAgoIsLeftAloneThoughTheClockWasSet()
    {
        Start();
        Decide(Progress(3));

        var effects = _life.Decide(
            new LifeEvent.RestartAsked("the state is lost", null),
            new Moment(_now + TimeSpan.FromHours(1), _now)
        );

        Assert.Equal(new LifeEffect.Answer(true), Assert.Single(effects));
    }

    [Fact]
    public void ARestartThatIsGivenUpHalfwayLeavesTheRunAsItWas()
    {
        Start();
        _now += TimeSpan.FromMinutes(1);
        Assert.IsType<RunIntent.Restart>(Only<LifeEffect.Open>(Decide(new LifeEvent.Led(false))).Intent);

        Decide(new LifeEvent.Abandoned());

        Assert.IsType<LifeState.Starting>(_life.State);
    }

    /// <summary>Found by the schedules: kind owners.</summary>
    [Fact]
    public void ARunThatCannotBeginAgainYetSaysWhy()
    {
        Start();
        _now += TimeSpan.FromMinutes(1);
        Decide(new LifeEvent.Led(false));

        var effects = Decide(new LifeEvent.OpeningFailed(new("MM5004", "the store is away", "wait")));

        Assert.Equal(
            "no coordinator leads it, and it cannot begin again yet: the store is away",
            Only<LifeEffect.Write>(effects).Record.WaitingFor
        );
        Assert.True(Only<LifeEffect.Answer>(effects).IsAccepted);
    }

    [Fact]
    public void ARestartNeedsOneTrainerHoweverManyItsOwnerWanted()
    {
        Start(Settings() with { MinTrainers = 3 });
        _now += TimeSpan.FromMinutes(1);
        Decide(new LifeEvent.Led(false));
        Decide(Opened(Settings() with { MinTrainers = 3 }));

        Assert.Equal(1, Only<LifeEffect.Start>(Decide(Allotted(Trainer))).MinTrainers);
    }

    [Fact]
    public void WhatAnotherProcessWritesIsLeftAloneAndItsCoordinatorHereStops()
    {
        var record = Record(Settings()) with { Status = RunStatus.Running };
        Assert.IsType<LifeEffect.Hold>(Assert.Single(Decide(new LifeEvent.Found(record, IsLed: true))));

        var effects = Decide(new LifeEvent.NotHeld(new("MM3006", "another one writes", "")));

        Assert.Contains(new LifeEffect.StopCoordinator(true), effects);
        Only<LifeEffect.Leave>(effects);
    }

    [Fact]
    public void ARunThatIsLedIsAdoptedWithTheRecordAsItIsOnceHeld()
    {
        var record = Record(Settings()) with { Status = RunStatus.Running };
        Decide(new LifeEvent.Found(record, IsLed: true));

        var adopted = Only<LifeEffect.Adopt>(Decide(new LifeEvent.Held(record with { Round = 12 })));

        Assert.Equal(12, adopted.Run.Record.Round);
    }

    [Fact]
    public void ARunningRunIsSaidToRunOnceItsFirstRoundIsDone()
    {
        Start();
        Assert.Empty(Decide(Progress(0)));

        var effects = Decide(Progress(1));

        Assert.Equal(RunStatus.Running, Only<LifeEffect.Write>(effects).Record.Status);
        Only<LifeEffect.TellBegan>(effects);
    }

    /// <summary>Its process had died, and with it the coordinator that was to stop.</summary>
    [Fact]
    public void AStopIsRememberedWhereNobodyLeadsAnyMore()
    {
        var record = Record(Settings()) with { Status = RunStatus.Stopping };
        Assert.Empty(Decide(new LifeEvent.Found(record, IsLed: false)));
        Assert.IsType<LifeEffect.Hold>(Assert.Single(Decide(new LifeEvent.Woken())));

        var end = Only<LifeEffect.End>(Decide(new LifeEvent.Held(record)));

        Assert.Equal(RunStatus.Stopped, end.Outcome.State);
    }

    [Fact]
    public void ARunWhoseRecordMakesNoSenseIsNotTakenForHeld()
    {
        var record = Record(Settings()) with { Status = RunStatus.Running };
        Decide(new LifeEvent.Found(record, IsLed: false));
        Decide(new LifeEvent.Woken());

        Assert.ThrowsAny<Exception>(() =>
            Decide(
                new LifeEvent.Held(
                    record with
                    {
                        Specification = JsonSerializer.Deserialize<JsonElement>("[]"),
                    }
                )
            )
        );

        Assert.IsType<LifeEffect.Hold>(Assert.Single(Decide(new LifeEvent.Woken())));
    }

    /// <summary>The coordinator could not be started, and the other one still asks.</summary>
    [Fact]
    public void ADisputeIsSettledOnlyOnceTheRunHasStartedAgain()
    {
        Start();
        var dispute = new Dispute(3, []);
        GoBack(dispute);
        GoBack(dispute);

        Decide(new LifeEvent.Started(dispute));
        var end = Only<LifeEffect.End>(Decide(new LifeEvent.RestartAsked("states differ", dispute)));

        Assert.Equal("MM4004", end.Outcome.Fault!.Code);
    }

    /// <summary>The disk may refuse the logs, which must not leave it without anybody who tries again.</summary>
    [Fact]
    public void AQueuedRunIsSupervisedBeforeAnythingIsWritten()
    {
        Submit(Settings());
        Decide(Opened(Settings()));
        Decide(Allotted());

        var effects = Decide(new LifeEvent.Created(Record(Settings())));

        Assert.Collection(
            effects,
            effect => Assert.IsType<LifeEffect.Supervise>(effect),
            effect => Assert.IsType<LifeEffect.Write>(effect),
            effect => Assert.IsType<LifeEffect.Wait>(effect),
            effect => Assert.IsType<LifeEffect.Tell>(effect),
            effect => Assert.IsType<LifeEffect.Answer>(effect)
        );
        Assert.IsType<LifeEffect.Supervise>(Decide(new LifeEvent.Woken())[0]);
    }

    [Fact]
    public void AQueuedRunThatIsFoundIsSupervisedBeforeAnythingIsWritten()
    {
        var record = Record(Settings());
        Decide(new LifeEvent.Found(record, IsLed: false));

        Assert.IsType<LifeEffect.Supervise>(Decide(new LifeEvent.Held(record))[0]);
    }

    /// <summary>It has no coordinator; asking would wake one up for nothing, and fail where its silo is away.</summary>
    [Theory]
    [InlineData(RunStatus.Queued, false)]
    [InlineData(RunStatus.Finished, false)]
    [InlineData(RunStatus.Failed, false)]
    [InlineData(RunStatus.Stopped, false)]
    [InlineData(RunStatus.Starting, true)]
    [InlineData(RunStatus.Running, true)]
    [InlineData(RunStatus.Stopping, true)]
    public void OnlyARunThatTrainsMayBeLed(RunStatus status, bool mayBe) =>
        Assert.Equal(mayBe, LifeEvent.Found.MayBeLed(Record(Settings()) with { Status = status }));

    private void GoBack(Dispute dispute)
    {
        var open = Only<LifeEffect.Open>(Decide(new LifeEvent.RestartAsked("states differ", dispute)));
        Assert.IsType<RunIntent.Restart>(open.Intent);
        Decide(Opened(Settings()));
        Only<LifeEffect.Start>(Decide(Allotted(Trainer)));
    }

    private void Queue()
    {
        Submit(Settings());
        Decide(Opened(Settings()));
        Decide(Allotted());
        Decide(new LifeEvent.Created(Record(Settings())));
        Assert.IsType<LifeState.Queued>(_life.State);
    }

    private void Start(RunSettings? settings = null)
    {
        settings ??= Settings();
        Submit(settings);
        Decide(Opened(settings));
        Decide(Allotted(Trainer));
        Decide(new LifeEvent.Created(Record(settings)));
        Assert.IsType<LifeState.Starting>(_life.State);
    }

    private IReadOnlyList<LifeEffect> Submit(RunSettings settings) =>
        Decide(
            new LifeEvent.Submitted(
                new(Run, SpecificationDocument.Write(Specification), settings),
                Specification
            )
        );

    private IReadOnlyList<LifeEffect> Decide(LifeEvent happened) => _life.Decide(happened, Moment.Of(_now));

    private static T Only<T>(IEnumerable<LifeEffect> effects) => Assert.Single(effects.OfType<T>());

    private LifeEvent.Opened Opened(RunSettings settings) =>
        new(_life.Known?.Record ?? Record(settings), settings, Specification, new(null, 0, 0, null, []));

    private static LifeEvent.Allotted Allotted(params TrainerDescription[] trainers) =>
        new(new([.. trainers], trainers.Length, trainers.Length > 0 ? "" : "wanted 1 trainer, have 0"));

    private static LifeEvent.Progressed Progress(long round) => new(round, ["a/t0"], StateIsHeld: true);

    private static RunSettings Settings(TimeSpan? wait = null) =>
        new() { Name = "life", Wait = wait ?? TimeSpan.FromSeconds(60) };

    private RunRecord Record(RunSettings settings) =>
        SomeQueuedRun.Record(Run, Specification, settings, _now, rounds: 70);
}
