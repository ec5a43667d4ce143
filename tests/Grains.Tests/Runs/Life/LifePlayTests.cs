using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Grains.Tests.Simulation;
using MMOrleans.Grains.Timing;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Runs.Life;

/// <summary>What a run is, and what its owner is told, when an effect fails halfway.</summary>
public class LifePlayTests
{
    private const string Run = "r-play01";
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);
    private static readonly RunSpecification Specification = LocalRun.Specification(epochs: 10);
    private static readonly RunSettings Settings = new() { Name = "play" };
    private static readonly TrainerDescription Trainer = new("a/t0", "cpu", "same", "");
    private static readonly FaultException DiskFull = new("MM5003", "the disk is full", "make room");

    private readonly RunLife _life = new(Run, new LivenessOptions());
    private readonly List<LifeEffect> _done = [];

    private static RunSubmission Submission => new(Run, SpecificationDocument.Write(Specification), Settings);

    [Fact]
    public async Task ASubmissionThatFailsBeforeItHasBegunIsRefusedAndLeavesNothing()
    {
        var answer = await SubmitAsync(failing: effect => effect is LifeEffect.Create);

        Assert.Equal((false, DiskFull.Fault), (answer.IsAccepted, answer.Fault));
        Assert.IsType<LifeState.Absent>(_life.State);
        Assert.Contains(new LifeEffect.Release(), _done);
    }

    /// <summary>Its record says that it goes on: whoever was told that it was refused would submit it twice.</summary>
    [Fact]
    public async Task ASubmissionThatFailsAfterItHasBegunIsAccepted()
    {
        var answer = await SubmitAsync(failing: effect => effect is LifeEffect.Start);

        Assert.Equal((true, DiskFull.Fault), (answer.IsAccepted, answer.Fault));
        Assert.IsType<LifeState.Starting>(_life.State);
    }

    [Fact]
    public async Task WhatIsNoFaultOfTheSubmissionIsThrown()
    {
        await Assert.ThrowsAsync<TimeoutException>(() =>
            SubmitAsync(effect => effect is LifeEffect.Ask, new TimeoutException())
        );

        Assert.IsType<LifeState.Absent>(_life.State);
    }

    /// <summary>The trainers are there although the folder could not be let go a moment later.</summary>
    [Fact]
    public async Task WhatComesOfAnEffectIsDecidedBeforeTheNextOneIsTried()
    {
        await SubmitAsync(failing: _ => false);
        _done.Clear();
        var ended = new LifeEvent.CoordinatorEnded(new(RunStatus.Finished, 70, "00", null));

        await Assert.ThrowsAsync<TimeoutException>(() =>
            PlayAsync(
                ended,
                effect => effect is LifeEffect.LetGo && _done.OfType<LifeEffect.Release>().Any(),
                new TimeoutException()
            )
        );

        Assert.False(Assert.IsType<LifeState.Ended>(_life.State).HoldsTrainers);
    }

    private Task<LifeEffect.Answer> SubmitAsync(Func<LifeEffect, bool> failing, Exception? with = null) =>
        PlayAsync(new LifeEvent.Submitted(Submission, Specification), failing, with ?? DiskFull);

    private Task<LifeEffect.Answer> PlayAsync(
        LifeEvent happened,
        Func<LifeEffect, bool> failing,
        Exception with
    ) =>
        new LifePlay(
            _life,
            (effect, _) => failing(effect) ? throw with : Task.FromResult(CarryOut(effect)),
            () => Moment.Of(Now)
        ).PlayAsync(happened, TestContext.Current.CancellationToken);

    private LifeEvent? CarryOut(LifeEffect effect)
    {
        _done.Add(effect);
        return effect switch
        {
            LifeEffect.Open => new LifeEvent.Opened(
                Record,
                Settings,
                Specification,
                new(null, 0, 0, null, [])
            ),
            LifeEffect.Ask => new LifeEvent.Allotted(new([Trainer], 1, "")),
            LifeEffect.Create create => new LifeEvent.Created(create.Opened.Record),
            LifeEffect.Start start => new LifeEvent.Started(start.Dispute),
            LifeEffect.Release => new LifeEvent.Released(),
            _ => null,
        };
    }

    private static RunRecord Record => SomeQueuedRun.Record(Run, Specification, Settings, Now, rounds: 70);
}
