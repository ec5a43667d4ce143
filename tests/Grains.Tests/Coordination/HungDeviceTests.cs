using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Tests.Coordination;

/// <summary>A trainer heartbeats on while its device does not come back from a piece of work.</summary>
public class HungDeviceTests
{
    private readonly LivenessOptions _liveness = new();
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void SlotsOfADeviceThatHangsGoToThoseWhoWait()
    {
        var run = Led("a/t0", "b/t0");

        var left = Play(run, 600, ("a/t0", null), ("b/t0", new(0, 2)));

        Assert.Equal(("b/t0", DepartureCause.Hung), (left!.Trainer, left.Cause));
        Assert.Equal(
            "its device has been at one piece of work for 30 s, which took 2.0 s before",
            left.Reason
        );
        Assert.Equal([new SlotRange(0, 4)], run.Answer("a/t0").Lease!.Slots);
    }

    [Fact]
    public void ItStaysOutWhileItHangsAndIsBackWhenItsDeviceIs()
    {
        var run = Led("a/t0", "b/t0");
        Play(run, 600, ("a/t0", null), ("b/t0", new(0, 2)));

        Assert.Null(Play(run, 60, ("a/t0", null), ("b/t0", new(31, 2))));
        Assert.DoesNotContain(run.Members, m => m.Trainer == "b/t0");
        Play(run, 1, ("a/t0", null), ("b/t0", null));

        Assert.Contains(run.Members, m => m.Trainer == "b/t0");
    }

    /// <summary>Found by the schedules: kind hung-devices.</summary>
    [Fact]
    public void WhoIsLeftLastIsNotCalledBackWhileItsDeviceHangs()
    {
        var run = Led("a/t0", "b/t0");
        Play(run, 600, ("a/t0", null), ("b/t0", new(0, 2)));

        Assert.Equal("a/t0", Play(run, 60, ("b/t0", new(31, 2)))!.Trainer); // silent
        Play(run, 60, ("b/t0", new(91, 2)));

        Assert.Empty(run.Members);
        Assert.Equal("no trainer is left that holds its state", run.Review(_now).Restart?.Reason);
    }

    /// <summary>A coordinator that has just taken over has dismissed nobody.</summary>
    [Fact]
    public void ASuccessorLeasesNothingToADeviceThatHangs()
    {
        var run = new RunCoordination(
            "r",
            new(["a/t0", "b/t0"], 4, 1, 100, "1"),
            _liveness,
            7,
            true,
            1,
            _now
        );
        var lease = new Lease(7, [new(0, 2)], false, ["r/0/7/a", "r/1/7/b"], 0, null);
        while (run.Term == 0)
        {
            _now += _liveness.Beat;
            foreach (var trainer in (string[])["a/t0", "b/t0"])
                run.Beat(
                    Beat(trainer, run) with
                    {
                        Lease = lease,
                        Computing = trainer == "b/t0" ? new(40, 2) : new(1, 2),
                    },
                    _now
                );
            Assert.Empty(run.Review(_now).Departures);
        }

        Assert.Equal([new SlotRange(0, 4)], run.Answer("a/t0").Lease!.Slots);
    }

    [Fact]
    public void ASlowDeviceIsNotTakenForOneThatHangs() =>
        Assert.Null(Play(Led("a/t0", "b/t0"), 59, ("a/t0", null), ("b/t0", new(0, 6))));

    [Fact]
    public void TheFirstPieceOfWorkMayTakeMinutes()
    {
        var run = Led("a/t0", "b/t0");

        Assert.Null(Play(run, 299, ("a/t0", null), ("b/t0", new(0, 0))));
        Assert.NotNull(Play(run, 10, ("a/t0", null), ("b/t0", new(299, 0))));
    }

    [Fact]
    public void WhereNobodyWaitsNobodyIsTakenOut()
    {
        Assert.Null(Play(Led("a/t0", "b/t0"), 600, ("a/t0", new(0, 1)), ("b/t0", new(0, 1))));
        Assert.Null(Play(Led("a/t0"), 600, ("a/t0", new(0, 1))));
    }

    private Departure? Play(
        RunCoordination run,
        double seconds,
        params (string Trainer, DeviceLoad? Load)[] trainers
    )
    {
        var began = _now;
        while ((_now - began).TotalSeconds < seconds)
        {
            _now += _liveness.Beat;
            foreach (var (trainer, load) in trainers)
                run.Beat(
                    Beat(trainer, run) with
                    {
                        Computing = load is null
                            ? null
                            : load with
                            {
                                Seconds = load.Seconds + (_now - began).TotalSeconds,
                            },
                    },
                    _now
                );
            if (run.Review(_now).Departures is [var left])
                return left;
        }

        return null;
    }

    private RunCoordination Led(params string[] trainers)
    {
        var run = new RunCoordination("r", new([.. trainers], 4, 1, 100, "1"), _liveness, 0, false, 1, _now);
        foreach (var trainer in trainers)
            run.Beat(Beat(trainer, run), _now);
        Assert.True(run.Review(_now).LeasesChanged);
        return run;
    }

    private static Heartbeat Beat(string trainer, RunCoordination run) =>
        new()
        {
            Trainer = trainer,
            Term = run.Term,
            Stage = TrainerStage.Training,
            Round = 5,
            StateHash = 77,
            Elements = 1000,
            Lease = run.Answer(trainer).Lease,
        };
}
