using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Tests.Coordination;

/// <summary>A coordinator whose process did not run for a while heard nobody; that says nothing of the others.</summary>
public class StandstillTests
{
    private static readonly string[] Everybody = ["a/t0", "b/t0", "c/t0"];

    private readonly LivenessOptions _liveness = new();
    private readonly RunCoordination _run;
    private readonly List<Departure> _departures = [];
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private long _round;

    public StandstillTests()
    {
        _run = new("r", new([.. Everybody], 6, 1, 1_000_000, "1"), _liveness, 0, false, 1, _now);
        Calm(TimeSpan.FromSeconds(2), Everybody);
    }

    [Fact]
    public void ItsOwnStandstillIsNobodysSilenceHoweverOftenItHappens()
    {
        for (var time = 0; time < 3; time++)
        {
            _now += TimeSpan.FromSeconds(6 + (time / 2.0));
            Beat("a/t0"); // the first of those that waited to be taken in
            Review();
            Beat("b/t0");
            Beat("c/t0");
            Review();
            Calm(TimeSpan.FromSeconds(30), Everybody);
        }

        Assert.Empty(_departures);
        Assert.Equal(Everybody, _run.Members.Select(m => m.Trainer));
        Assert.All(Everybody, trainer => Assert.NotEmpty(_run.Answer(trainer).Lease!.Slots));
    }

    [Fact]
    public void WhoeverWentDuringItsStandstillIsFoundWithinPatienceAfterIt()
    {
        _now += TimeSpan.FromSeconds(7);
        var awake = _now;
        Review();

        while (_departures.Count == 0 && _now - awake <= _liveness.Patience)
            Calm(_liveness.Beat, "a/t0", "c/t0");

        Assert.Equal("b/t0", Assert.Single(_departures).Trainer);
        Assert.True(_now - awake <= _liveness.Patience, $"found after {_now - awake}");
    }

    /// <summary>A process that gets its turn once in three seconds is slow, and must not be blind.</summary>
    [Fact]
    public void ACoordinatorThatStumblesAllTheTimeStillFindsWhoWent()
    {
        for (var turn = 0; turn < 20; turn++)
        {
            _now += TimeSpan.FromSeconds(3);
            Beat("a/t0");
            Beat("c/t0");
            Review();
        }

        Assert.Equal("b/t0", Assert.Single(_departures).Trainer);
    }

    /// <summary>Everybody who had the state is heard of again as soon as those messages are read that waited.</summary>
    [Fact]
    public void ItsStandstillIsNoTimeInWhichTheStateCouldHaveComeBack()
    {
        foreach (var trainer in Everybody)
            _run.Lose(trainer.Split('/')[0]);
        Review();

        _now += TimeSpan.FromSeconds(7);

        Assert.Null(_run.Review(_now).Restart);
    }

    private void Calm(TimeSpan length, params string[] beating)
    {
        for (var until = _now + length; _now < until; )
        {
            _now += _liveness.Beat;
            _round++;
            foreach (var trainer in beating)
                Beat(trainer);
            Review();
        }
    }

    private void Review() => _departures.AddRange(_run.Review(_now).Departures);

    private void Beat(string trainer)
    {
        var lease = _run.Answer(trainer).Lease;
        _run.Beat(
            new()
            {
                Trainer = trainer,
                Term = lease?.Term ?? 0,
                Stage = TrainerStage.Training,
                Round = _round,
                StateHash = 77,
                Elements = 1000,
                Lease = lease,
            },
            _now
        );
    }
}
