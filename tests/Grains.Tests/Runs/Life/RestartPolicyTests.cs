using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;

namespace MMOrleans.Grains.Tests.Runs.Life;

public class RestartPolicyTests
{
    private static readonly Dispute Differing = new(7, [new("a/t0", 1), new("b/t0", 2)]);
    private static readonly Fault NoTrainers = new("MM3002", "wanted 1, have 0", "start a silo");
    private readonly LivenessOptions _liveness = new();
    private readonly RestartPolicy _policy;
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public RestartPolicyTests() => _policy = new("r", _liveness);

    [Fact]
    public void RunThatAnotherCoordinatorHearsOfIsLeftAlone()
    {
        _policy.Heard(_now);

        Assert.Equal(RestartChoice.Leave, _policy.Decide("lost", null, false, _now).Choice);
        _now += _liveness.Patience;
        Assert.Equal(RestartChoice.GoBack, _policy.Decide("lost", null, false, _now).Choice);
    }

    [Fact]
    public void StatesThatDifferAreNoMatterOfWhoIsHeard()
    {
        _policy.Heard(_now);

        Assert.Equal(RestartChoice.GoBack, _policy.Decide("differ", Differing, false, _now).Choice);
    }

    [Fact]
    public void StatesThatDifferInTheSameRoundAgainFailTheRun()
    {
        _policy.Tried("differ", Differing, null, _now);

        var again = _policy.Decide("differ", Differing, false, _now);
        var later = _policy.Decide("differ", Differing with { Round = 8 }, false, _now);

        Assert.Equal((RestartChoice.Fail, "MM4004"), (again.Choice, again.Fault!.Code));
        Assert.Equal(RestartChoice.GoBack, later.Choice);
    }

    [Fact]
    public void RunThatIsToStopEndsInsteadOfGoingBack() =>
        Assert.Equal(RestartChoice.Stop, _policy.Decide("lost", null, isStopping: true, _now).Choice);

    [Fact]
    public void TrainersAreWaitedForOnlySoLong()
    {
        Assert.Null(_policy.Tried("lost", null, NoTrainers, _now));
        _now += _liveness.Regroup;

        var fault = _policy.Tried("every silo is gone", null, NoTrainers, _now)!;

        Assert.Equal("MM4002", fault.Code);
        // Which also says what was there and did not fit.
        Assert.Equal("every silo is gone, and none came in 60 s: wanted 1, have 0", fault.Message);
    }

    [Fact]
    public void WaitingBeginsAnewOnceTheRunHasGoneOn()
    {
        _policy.Tried("lost", null, NoTrainers, _now);
        _policy.Tried("lost", null, null, _now);
        _now += _liveness.Regroup;

        Assert.Null(_policy.Tried("lost", null, NoTrainers, _now));
    }

    [Fact]
    public void ACheckpointThatDoesNotFitIsNotWaitedFor()
    {
        var misfit = new Fault("MM5002", "10 classes", "change a key");

        Assert.Same(misfit, _policy.Tried("lost", null, misfit, _now));
    }

    [Fact]
    public void AStoreOfCheckpointsThatIsAwayIsWaitedForAsTrainersAre()
    {
        var away = new Fault("MM5004", "bucket b did not answer", "check the endpoint");

        Assert.Null(_policy.Tried("no coordinator leads it", null, away, _now));
        _now += _liveness.Regroup;
        Assert.Equal(away, _policy.Tried("no coordinator leads it", null, away, _now));
    }
}
