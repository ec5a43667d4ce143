using System.IO.Hashing;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Segments;
using MMOrleans.Grains.Tests.Simulation;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Tests.Trainers;

/// <summary>Single steps of the rules that the schedules play whole.</summary>
public class TrainerProtocolTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly SlotRange Mine = new(0, 1);

    private readonly ToyModel _model = new(slots: 2, rounds: 8, roundsPerEpoch: 4, firstDeferred: 8);
    private readonly Dictionary<string, SegmentRounds> _segments = [];
    private readonly TrainerProtocol _protocol;
    private readonly List<AskSegment> _fallen = []; // what it asked for under its fallback

    public TrainerProtocolTests()
    {
        _protocol = new("a/t0", _model.Plan, new LivenessOptions());
        _protocol.Begin(_model.After(0, ToyModel.First()), Now);
    }

    [Fact]
    public void LeaseOfAnOlderTermIsDropped()
    {
        Lease(term: 3, "new");
        Lease(term: 2, "old");

        Assert.Equal(3, _protocol.Lease!.Term);
        Assert.Equal(Key("new", 0), _protocol.Lease.Segments[0]);
    }

    /// <summary>It left with a heartbeat from before the trainer fell back, say.</summary>
    [Fact]
    public void AnAnswerThatNamesAnOlderTermIsDroppedThoughItBringsNoLease()
    {
        Lease(term: 3, "new");

        _protocol.Take(new(Directive.Pause, null, HeldTerm: 2), Now);
        Assert.Equal(TrainerStage.Training, _protocol.Stage);

        _protocol.Take(new(Directive.Pause, null, HeldTerm: 3), Now);
        Assert.Equal(TrainerStage.Paused, _protocol.Stage);
        Assert.Equal(Key("new", 0), _protocol.Lease!.Segments[0]);
    }

    [Fact]
    public void BlocksOfTheOpenRoundAreGivenToASegmentMadeAnew()
    {
        Lease(term: 1, "x");
        Assert.Equal([Key("x", 0), Key("x", 1)], Play().Select(a => a.Call.Key));

        Lease(term: 2, "y");

        var again = Play();
        Assert.Equal([Key("y", 0), Key("y", 1)], again.Select(a => a.Call.Key));
        Assert.All(again, a => Assert.Equal(Mine, Assert.Single(a.Contribution.Blocks).Slots));
    }

    [Fact]
    public void ResultOfTheFinishedRoundIsGivenToASegmentMadeAnew()
    {
        Lease(term: 1, "x");
        Play();
        OtherContributes(round: 0, "x");
        Play(); // asks again, has the average, applies it, is in round 1
        Assert.Equal(1, _protocol.Round);

        Lease(term: 2, "y"); // the other one may not have had its answer when x died

        var settling = Play().Where(a => a.Contribution.Settled is not null).ToList();
        Assert.Equal([Key("y", 0), Key("y", 1)], settling.Select(a => a.Call.Key));
        Assert.All(settling, a => Assert.Equal(0, a.Contribution.Round));
        Assert.All(
            [Key("y", 0), Key("y", 1)],
            key => Assert.Equal(SegmentOutcome.Averaged, _segments[key].Answer(0)!.Outcome)
        );
    }

    /// <summary>Found by the schedules: its answer counted as late, and the segment was never asked again.</summary>
    [Fact]
    public void AnOvertakenTrainerAsksOnAfterTheAnswerToItsFirstQuestion()
    {
        Lease(term: 1, "x");
        Play();
        var now = Now;
        var first = NextRead();

        _protocol.Answered(first, new(SegmentOutcome.Again, first.Exchange.Number, null, default, ""), now);

        Assert.Equal((first.Key, first.Exchange), (NextRead().Key, first.Exchange));

        SegmentCall NextRead()
        {
            for (var looks = 0; looks < 20; looks++)
            {
                now += TimeSpan.FromSeconds(0.5);
                _protocol.Take(new(Directive.Train, _protocol.Lease, Round: 3, "b/t0"), now);
                while (_protocol.Next(now) is { } action)
                    if (action is AskSegment { Call: { Reads: true, Segment: 0 } call })
                        return call;
            }

            throw new InvalidOperationException("It asks no more.");
        }
    }

    [Fact]
    public void SlotThatAnotherDeviceComputedToOtherBytesStopsTheTrainerUntilTheNextTerm()
    {
        Lease(term: 1, "x");
        var (shape, _) = _model.Plan.Segment(0);
        var other = new byte[shape.Elements * shape.ElementBytes];
        Segment(Key("x", 0))
            .Contribute(
                new()
                {
                    Trainer = "b/t0",
                    Round = 0,
                    Phase = Phase.Main,
                    StateHash = ToyModel.Hash(State),
                    Shape = shape,
                    Blocks = [new(Mine, VectorChunk.Borrow(other), default)],
                }
            );

        Play();

        Assert.True(_protocol.IsDisputed);
        Assert.Equal(
            "slots 0 of round 0 came with different bytes from b/t0 and from a/t0",
            _protocol.Conflict
        );
        Lease(term: 2, "y");
        Assert.Equal((false, ""), (_protocol.IsDisputed, _protocol.Conflict));
    }

    [Fact]
    public async Task ResultThatChangesWhileItIsTakenIsNotTaken()
    {
        const int Bytes = 1 << 18;
        var shape = new SegmentShape(0, 2, Bytes / sizeof(float), sizeof(float), 0, 8);
        var plan = _model.Plan with { Segments = [(shape, 0)] };
        var averaged = new byte[Bytes]; // the segment's, which it uses again whenever it likes
        var checksum = XxHash3.HashToUInt64(averaged);
        using var enough = new CancellationTokenSource();
        var reusing = Task.Run(
            () =>
            {
                for (var value = 0; !enough.IsCancellationRequested; value = 1 - value)
                {
                    averaged.AsSpan().Fill((byte)value);
                    Thread.SpinWait(2_000);
                }
            },
            TestContext.Current.CancellationToken
        );
        var taken = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var protocol = new TrainerProtocol("a/t0", plan, new LivenessOptions());
            protocol.Begin(TrainerState.None with { Hash = 1 }, Now);
            protocol.Take(new(Directive.Train, new(1, [], true, [Key("x", 0), Key("x", 1)]), 0), Now);
            Assert.Null(protocol.Next(Now)); // no slots: a spare asks for the result alone
            var ask = (AskSegment)protocol.Next(Now)!;
            protocol.Answered(
                ask.Call,
                new(
                    SegmentOutcome.Averaged,
                    0,
                    VectorChunk.Borrow(averaged.AsMemory(0, Bytes)),
                    default,
                    "",
                    Checksum: checksum
                ),
                Now
            );
            if (protocol.Next(Now) is not ApplyRound apply)
                continue;
            taken++;
            Assert.False(apply.Averaged.Span.ContainsAnyExcept((byte)0), $"after {taken} whole results");
        }

        await enough.CancelAsync();
        await reusing;
        TestContext.Current.TestOutputHelper!.WriteLine($"{taken} of 2000 taken");
    }

    /// <summary>It began to copy the state every three seconds, and lost the slots that it had been given (bench fire).</summary>
    [Fact]
    public void TrainerThatLagsAndComesNearerCopiesNoState()
    {
        for (var round = 0; round < 3; round++)
        {
            var now = Now + (round * TimeSpan.FromSeconds(1.5));
            _protocol.Take(
                new(
                    Directive.Train,
                    new(1, [Mine], true, [Key("x", 0), Key("x", 1), Key("x", 2)]),
                    Round: round + 3
                ),
                now
            );
            Play(now);
            OtherContributes(round, "x");
            Play(now + TimeSpan.FromSeconds(1));
            Assert.Equal((TrainerStage.Training, round + 1), (_protocol.Stage, (int)_protocol.Round));
        }

        Play(Now + TimeSpan.FromSeconds(4.2));
        Assert.Equal(TrainerStage.Training, _protocol.Stage);
    }

    [Fact]
    public void TrainerWhoseCoordinatorIsSilentAndWhoseRoundStandsFallsBack()
    {
        var liveness = new LivenessOptions();
        Lease(term: 4, "x", fallback: "y");
        Play();
        var late = Now + liveness.Missed + liveness.Beat;

        Look(until: late);

        Assert.Equal((5, 1), (_protocol.Lease!.Term, _protocol.Fallbacks));
        Assert.Equal([Key("y", 0), Key("y", 1)], _fallen.Select(ask => ask.Call.Key));
        Assert.All(_fallen, ask => Assert.Equal(Mine, Assert.Single(ask.Contribution.Blocks).Slots));
    }

    /// <summary>A process that is gone refuses at once what one that stands still leaves unanswered.</summary>
    [Fact]
    public void TrainerWhoseHeartbeatsAreRefusedFallsBackInHalfTheTime()
    {
        var liveness = new LivenessOptions();
        Lease(term: 4, "x", fallback: "y");
        Play();
        _protocol.Refused(Now);

        Look(until: Now + liveness.Beat);
        Assert.Equal((4, 0), (_protocol.Lease!.Term, _protocol.Fallbacks));
        Look(until: Now + (2 * liveness.Beat));

        Assert.Equal((5, 1), (_protocol.Lease!.Term, _protocol.Fallbacks));
    }

    /// <summary>Where rounds take seconds it is usual to wait for others for as long.</summary>
    [Fact]
    public void TrainerWhoseHeartbeatsAreRefusedWaitsForAsLongAsARoundTakes()
    {
        var liveness = new LivenessOptions();
        var took = TimeSpan.FromSeconds(3);
        Lease(term: 4, "x", fallback: "y");
        Play();
        for (var now = Now; now <= Now + (2 * took); now += liveness.Beat)
        {
            Lease(term: 4, "x", fallback: "y", now);
            if (now == Now + ((_protocol.Round + 1) * took))
                OtherContributes(_protocol.Round, "x");
            Play(now);
        }

        _protocol.Refused(Now + (2 * took));

        Look(from: Now + (2 * took), until: Now + (3 * took));
        Assert.Equal((4, 0), (_protocol.Lease!.Term, _protocol.Fallbacks));
        Look(from: Now + (3 * took), until: Now + (3 * took) + liveness.Beat);
        Assert.Equal((5, 1), (_protocol.Lease!.Term, _protocol.Fallbacks));
    }

    /// <summary>One heartbeat that a broken connection took is no sign of death.</summary>
    [Fact]
    public void AnswerAfterARefusalTakesItBack()
    {
        var liveness = new LivenessOptions();
        Lease(term: 4, "x", fallback: "y");
        Play();
        _protocol.Refused(Now);
        Lease(term: 4, "x", fallback: "y", Now + (liveness.Beat / 4));

        Look(until: Now + (2 * liveness.Beat));

        Assert.Equal((4, 0), (_protocol.Lease!.Term, _protocol.Fallbacks));
    }

    [Fact]
    public void TrainerThatHearsItsCoordinatorWaitsAsLongAsItIsTold()
    {
        var liveness = new LivenessOptions();
        Lease(term: 4, "x", fallback: "y");
        Play();
        for (var now = Now; now < Now + TimeSpan.FromSeconds(20); now += liveness.Beat)
        {
            Lease(term: 4, "x", fallback: "y", now);
            _protocol.Next(now);
        }

        Assert.Equal((4, 0), (_protocol.Lease!.Term, _protocol.Fallbacks));
    }

    [Fact]
    public void TrainerWhoseRoundsCloseNeedsNoCoordinator()
    {
        var liveness = new LivenessOptions();
        Lease(term: 4, "x", fallback: "y");
        var end = Now + (2 * liveness.Missed);
        for (var now = Now; now < end; now += liveness.Beat)
        {
            Play(now);
            if (now >= Now + (_protocol.Round + 1) * 2 * liveness.Beat)
            {
                OtherContributes(_protocol.Round, "x");
                Play(now);
            }
        }

        Assert.Equal((4, 0), (_protocol.Lease!.Term, _protocol.Fallbacks));
        Assert.True(_protocol.Round > 1, $"round {_protocol.Round}");
    }

    [Fact]
    public void NewerLeaseEndsAFallback()
    {
        Lease(term: 4, "x", fallback: "y");
        Play();
        Look(until: Now + TimeSpan.FromSeconds(4));
        Assert.Equal(5, _protocol.Lease!.Term);

        Lease(term: 4, "x", fallback: "y", Now + TimeSpan.FromSeconds(4));
        Assert.Equal(5, _protocol.Lease!.Term);
        Lease(term: 6, "z", fallback: null, Now + TimeSpan.FromSeconds(4));

        Assert.Equal(6, _protocol.Lease!.Term);
    }

    /// <summary>Time goes by in which this trainer runs, and nothing happens.</summary>
    private void Look(DateTimeOffset until, DateTimeOffset? from = null)
    {
        for (
            var now = from ?? Now;
            now <= until && _protocol.Fallbacks == 0;
            now += TimeSpan.FromSeconds(0.25)
        )
            while (_protocol.Next(now) is AskSegment ask)
            {
                if (_protocol.Fallbacks > 0)
                    _fallen.Add(ask);
                _protocol.Unanswered(ask.Call, now);
            }
    }

    private void Lease(long term, string segments, string? fallback = null, DateTimeOffset? now = null) =>
        _protocol.Take(
            new(
                Directive.Train,
                new(
                    term,
                    [Mine],
                    true,
                    [Key(segments, 0), Key(segments, 1), Key(segments, 2)],
                    Fallback: fallback is null
                        ? null
                        : new(
                            new([Mine], true),
                            [Key(fallback, 0), Key(fallback, 1), Key(fallback, 2)],
                            "b/t0"
                        )
                ),
                _protocol.Round
            ),
            now ?? Now
        );

    /// <summary>Does what is asked for until nothing more is; segments that do not answer yet are asked again once.</summary>
    private List<AskSegment> Play(DateTimeOffset? time = null)
    {
        var now = time ?? Now;
        var asked = new List<AskSegment>();
        var again = new List<SegmentCall>();
        while (_protocol.Next(now) is { } action)
        {
            switch (action)
            {
                case ComputeSlots compute:
                    var array = compute.Arrays[0];
                    var tally = _model.Contribute(compute.Exchange, compute.Slots[0], State, array.Bytes);
                    _protocol.Computed(compute, [new OwnBlock(Mine, array, tally)]);
                    break;
                case AskSegment ask:
                    asked.Add(ask);
                    var answer = Segment(ask.Call.Key).Contribute(ask.Contribution);
                    if (answer is not null)
                        Assert.Null(_protocol.Answered(ask.Call, answer, now));
                    else
                        again.Add(ask.Call);
                    break;
                case ApplyRound apply:
                    State = ToyModel.Apply(State, apply.Averaged.Span);
                    _protocol.Applied(_model.After(apply.Round + 1, State));
                    break;
                default:
                    Assert.Fail($"{action} was not expected");
                    break;
            }
        }

        foreach (var call in again)
            _protocol.Answered(call, new(SegmentOutcome.Again, call.Exchange.Number, null, default, ""), now);
        return asked;
    }

    private static string Key(string silo, int segment) => $"r/{segment}/1/{silo}";

    private float[] State { get; set; } = ToyModel.First();

    private SegmentRounds Segment(string key)
    {
        if (!_segments.TryGetValue(key, out var segment))
            _segments.Add(key, segment = new());
        return segment;
    }

    private void OtherContributes(long round, string segments)
    {
        var array = new byte[_model.Plan.VectorBytes(ExchangeKind.Round)];
        var tally = _model.Contribute(new(ExchangeKind.Round, round), 1, State, array);
        for (var i = 0; i < 2; i++)
        {
            var (shape, offset) = _model.Plan.Segment(i);
            Segment(Key(segments, i))
                .Contribute(
                    new()
                    {
                        Trainer = "b/t0",
                        Round = round,
                        Phase = Phase.Main,
                        StateHash = ToyModel.Hash(State),
                        Shape = shape,
                        Blocks =
                        [
                            new(
                                new(1, 2),
                                VectorChunk.Borrow(
                                    array.AsMemory(offset, shape.Elements * shape.ElementBytes)
                                ),
                                tally
                            ),
                        ],
                    }
                );
        }
    }
}
