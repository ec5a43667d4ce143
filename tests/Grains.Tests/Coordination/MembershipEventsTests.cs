using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Tests.Telemetry;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Tests.Coordination;

public sealed class MembershipEventsTests : IDisposable
{
    private static int s_runs;

    private readonly string _run = $"r-m{Interlocked.Increment(ref s_runs):D5}";
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero));
    private readonly TrainingTelemetry _telemetry;
    private readonly Collected _collected;
    private readonly MembershipEvents _story;
    private readonly Dictionary<string, Member> _members = [];
    private bool _isDead;
    private bool _isLeased = true;
    private ImmutableArray<SlotRange> _gained = [];
    private IReadOnlyList<MembershipNews> _news = [];

    public MembershipEventsTests()
    {
        _telemetry = new(_clock, new RunsHere());
        _collected = new(_run, _telemetry.Meter);
        _telemetry.RunOpened(_run, "sampled", 50);
        _story = new(_run, _telemetry);
    }

    public void Dispose()
    {
        _collected.Dispose();
        _telemetry.Dispose();
    }

    [Fact]
    public void ATrainerJoinsOnceHoweverOftenItBeats()
    {
        Beat("a/t0", 0);
        Review();
        Beat("a/t0", 1);
        Beat("b/t0", 1);
        Review();

        Assert.Equal([(1, "mmorleans.reason=join"), (1, "mmorleans.reason=join")], Changes());
    }

    [Theory]
    [InlineData("Drained", false, "drain")]
    [InlineData("SiloDead", true, "crash")]
    [InlineData("Reported", false, "crash")]
    [InlineData("Silent", false, "suspect")]
    [InlineData("Silent", true, "crash")]
    [InlineData("CutOff", false, "suspect")]
    [InlineData("Hung", false, "suspect")]
    public void WhyATrainerWentIsOneOfThreeWords(string cause, bool isDead, string reason)
    {
        _isDead = isDead;
        Review(new Departure("b/t0", Enum.Parse<DepartureCause>(cause), "for people"));

        Assert.Equal([(1, $"mmorleans.reason={reason}")], Changes());
    }

    [Fact]
    public void ARecoveryLastsFromTheNoticeUntilARoundLaterThanTheLoss()
    {
        Beat("a/t0", 7);
        Beat("b/t0", 7, new SlotRange(2, 4));
        Review();
        Lose("b/t0");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Beat("a/t0", 7);
        Review();
        Assert.Empty(_collected.Of("mmorleans.recovery.duration"));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Beat("a/t0", 8);
        Review();
        Review();

        Assert.Equal([(2, "mmorleans.reason=suspect")], _collected.Of("mmorleans.recovery.duration"));
        var span = Assert.Single(_collected.Named("recover"));
        Assert.Equal(
            ("b", "b/t0", 2),
            (
                span.GetTagItem("mmorleans.silo"),
                span.GetTagItem("mmorleans.trainer"),
                span.GetTagItem("mmorleans.slots")
            )
        );
        Assert.Equal(2, span.Duration.TotalSeconds);
    }

    [Fact]
    public void NothingIsToBeMadeUpForWhenASpareGoes()
    {
        Beat("a/t0", 7);
        Beat("b/t0", 7);
        Review();
        Lose("b/t0");
        Beat("a/t0", 8);
        Review();

        Assert.Empty(_collected.Of("mmorleans.recovery.duration"));
    }

    [Fact]
    public void ALossIsToldWithItsSlotsHeirsAndTheWayItWasNoticed()
    {
        Beat("a/t0", 7);
        Beat("b/t0", 7, new SlotRange(2, 4));
        Review();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Beat("a/t0", 7, new SlotRange(0, 4)); // what it is to compute from now on
        Lose("b/t0");

        var left = Assert.IsType<TrainerLeft>(Assert.Single(_news).Incident);
        Assert.Equal(
            ("b/t0", "b", Detection.Beats, "2-3", 2, 5.0),
            (left.Trainer, left.Silo, left.Detected, left.Slots, left.SlotCount, left.SilentSeconds)
        );
        Assert.Equal(["a/t0"], left.Heirs);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Beat("a/t0", 8, new SlotRange(0, 4));
        Review();
        Assert.Equal(1, Assert.IsType<RoundHealed>(Assert.Single(_news).Incident).Seconds);

        Beat("b/t0", 8);
        Review();
        Assert.Equal(new TrainerJoined("b/t0"), Assert.Single(_news).Incident);
    }

    /// <summary>Part of the silence was the coordinator's own standstill; whoever reads it wants to know since when nobody saw the trainer.</summary>
    [Fact]
    public void ALossIsToldWithTheWholeTimeInWhichNobodyHeardTheTrainer()
    {
        Beat("a/t0", 7, new SlotRange(0, 2));
        Beat("b/t0", 7, new SlotRange(2, 4));
        Review();
        _clock.Advance(TimeSpan.FromSeconds(20));
        Beat("a/t0", 7, new SlotRange(0, 2));
        Review();
        _clock.Advance(TimeSpan.FromSeconds(4));
        Lose("b/t0");

        Assert.Equal(24, Assert.IsType<TrainerLeft>(Assert.Single(_news).Incident).SilentSeconds);
    }

    /// <summary>The lost one went with the coordinator before this one: its slots are what the others have more than they had.</summary>
    [Fact]
    public void WhoeverWentBeforeThisCoordinatorCameIsTracedByWhatOthersGained()
    {
        Beat("a/t0", 7, new SlotRange(0, 2));
        _isLeased = false;
        _isDead = true;
        Review(new Departure("b/t0", DepartureCause.SiloDead, "b was declared dead"));
        Assert.Empty(_news);

        _isLeased = true;
        _gained = [new SlotRange(0, 4)];
        Review();

        var left = Assert.IsType<TrainerLeft>(Assert.Single(_news).Incident);
        Assert.Equal(
            ("b/t0", Detection.Membership, "2-3", 2),
            (left.Trainer, left.Detected, left.Slots, left.SlotCount)
        );
        Assert.Equal(["a/t0"], left.Heirs);
    }

    /// <summary>The others had taken its slots by themselves before anybody led them again.</summary>
    [Fact]
    public void WhoeverWentWithTheCoordinatorIsTracedByWhatOthersFellBackTo()
    {
        var lease = new Lease(
            2,
            [new SlotRange(0, 2)],
            true,
            [],
            Fallback: new(new([new SlotRange(0, 4)], true), [], null)
        );
        Beat("a/t0", 7, lease.Fallen()!);
        _isDead = true;
        Review(new Departure("b/t0", DepartureCause.SiloDead, "b was declared dead"));
        Review();

        var left = Assert.IsType<TrainerLeft>(Assert.Single(_news).Incident);
        Assert.Equal(("2-3", 2), (left.Slots, left.SlotCount));
        Assert.Equal(["a/t0"], left.Heirs);
        Beat("a/t0", 8, lease.Fallen()!);
        Review();
        Assert.IsType<RoundHealed>(Assert.Single(_news).Incident);
    }

    [Fact]
    public void ARunWithoutAFaultHasNothingToTell()
    {
        Beat("a/t0", 0);
        Review();
        Beat("a/t0", 1);
        Review();

        Assert.Empty(_news);
    }

    [Fact]
    public void WhatATrainerSaysOfItselfIsToldToo()
    {
        var memory = new MemoryExhausted("b/t0", "cpu", 1024, null);

        Review(
            new Departure(
                "b/t0",
                DepartureCause.Reported,
                "out of memory",
                new("MM4001", "out of memory", "")
            )
            {
                Incident = memory,
            }
        );

        Assert.Equal(2, _news.Count);
        Assert.Equal(Detection.Report, Assert.IsType<TrainerLeft>(_news[0].Incident).Detected);
        Assert.Equal(memory, _news[1].Incident);
    }

    /// <summary>What a trainer says is for people: it decides nothing.</summary>
    [Theory]
    [InlineData("drained")]
    [InlineData("MM4004 is what the last run ended with")]
    public void AReportIsAReportWhateverItsWords(string said)
    {
        Review(new Departure("b/t0", DepartureCause.Reported, said, new("MM9001", said, "")));

        Assert.Equal([(1, "mmorleans.reason=crash")], Changes());
        Assert.Equal(Detection.Report, Assert.IsType<TrainerLeft>(_news[0].Incident).Detected);
        Assert.Empty(_collected.Of("mmorleans.replica.mismatches"));
    }

    [Fact]
    public void ADeviceThatHangsIsNamed()
    {
        Review(
            new Departure("b/t0", DepartureCause.Hung, "its device has been at one piece of work for 31 s")
        );

        var left = Assert.IsType<TrainerLeft>(Assert.Single(_news).Incident);
        Assert.Equal(("b/t0", Detection.Hung), (left.Trainer, left.Detected));
    }

    [Fact]
    public void ATrainerThatIsMissedIsToldOnceWithWhoComputesItsSlotsAndNotOnceMoreWhenItGoes()
    {
        Beat("a/t0", 7);
        Beat("b/t0", 7, new SlotRange(2, 4));
        Review();
        _gained = [new(2, 4)];
        _members["b/t0"].Miss();
        _clock.Advance(TimeSpan.FromSeconds(1.6));
        Beat("a/t0", 7);
        Review();

        var missed = Assert.IsType<TrainerMissed>(Assert.Single(_news).Incident);
        Assert.Equal(("b/t0", "2-3", 2), (missed.Trainer, missed.Slots, missed.SlotCount));
        Assert.Equal(1.6, missed.SilentSeconds, 1e-9);
        Assert.Contains("a/t0", missed.Heirs);

        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Beat("a/t0", 8);
        Review();
        Assert.Equal(0.2, Assert.IsType<RoundHealed>(Assert.Single(_news).Incident).Seconds, 1e-9);

        Lose("b/t0");
        Assert.IsType<TrainerLeft>(Assert.Single(_news).Incident);
        Beat("a/t0", 9);
        Review();
        Assert.Empty(_news);
    }

    [Fact]
    public void AStateThatDiffersIsAMismatch()
    {
        Review(
            new Departure(
                "b/t0",
                DepartureCause.StateDiffers,
                "MM4004 its state after round 7 differs from the majority's"
            )
        );

        Assert.Equal([(1, "")], _collected.Of("mmorleans.replica.mismatches"));
    }

    private void Beat(string trainer, long round, params SlotRange[] slots) =>
        Beat(trainer, round, new Lease(2, [.. slots], slots.Length > 0, []));

    private void Beat(string trainer, long round, Lease lease)
    {
        if (!_members.TryGetValue(trainer, out var member))
            _members.Add(trainer, member = new(trainer, TimeSpan.MaxValue, TimeSpan.FromSeconds(0.5)));
        member.Note(
            new()
            {
                Trainer = trainer,
                Term = lease.Term,
                Stage = TrainerStage.Training,
                Round = round,
                Lease = lease,
            },
            _clock.GetUtcNow(),
            round
        );
    }

    private void Lose(string trainer)
    {
        _members.Remove(trainer);
        Review(new Departure(trainer, DepartureCause.Silent, "no heartbeat for 5.0 s"));
    }

    private void Review(params Departure[] departures) =>
        _news = _story.Reviewed(
            _members.Values,
            new CoordinationDecision(departures, false, null),
            _ => _isDead,
            trainer =>
                !_isLeased ? []
                : _gained.IsEmpty ? _members[trainer].Last!.Lease!.Slots
                : _gained,
            _clock.GetUtcNow()
        );

    private List<(double Value, string Tags)> Changes() => _collected.Of("mmorleans.membership.changes");
}
