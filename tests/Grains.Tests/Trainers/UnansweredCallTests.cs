using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Segments;
using MMOrleans.Grains.Tests.Simulation;
using MMOrleans.Grains.Trainers.Protocol;

namespace MMOrleans.Grains.Tests.Trainers;

/// <summary>Calls that are lost on their way: nobody says so for as long as Orleans waits for an answer.</summary>
public class UnansweredCallTests
{
    private static readonly SlotRange All = new(0, 1);

    private readonly LivenessOptions _liveness = new();
    private readonly ToyModel _model = new(slots: 1, rounds: 8, roundsPerEpoch: 4, firstDeferred: 8);
    private readonly TrainerProtocol _protocol;
    private readonly List<AskSegment> _asked = [];
    private readonly List<CopyState> _copies = [];
    private readonly List<ComputeSlots> _computed = [];
    private readonly HashSet<AskSegment> _answered = [];
    private readonly Dictionary<string, SegmentRounds> _segments = [];
    private float[] _state = ToyModel.First();
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public UnansweredCallTests() => _protocol = new("a/t0", _model.Plan, _liveness);

    [Fact]
    public void ASegmentThatOwesAnAnswerForAPollAndTwoSecondsIsSilentAndAskedAgain()
    {
        Train("x", "y");
        var lost = _asked.ToList();
        _asked.Clear();

        Pass(_liveness.Poll + TimeSpan.FromSeconds(1.75));
        Assert.Empty(_asked);
        Assert.Empty(_protocol.Silent(_now));
        Pass(TimeSpan.FromSeconds(0.75));

        Assert.Equal(lost.Select(a => a.Call.Key), _asked.Select(a => a.Call.Key));
        Assert.All(_asked, again => Assert.Equal(All, Assert.Single(again.Contribution.Blocks).Slots));
        Assert.All(_protocol.Silent(_now), silent => Assert.InRange(silent.Seconds, 3, 3.5));
        Assert.Equal(2, _protocol.Silent(_now).Length);
    }

    [Fact]
    public void AnAnswerThatComesLateIsStillUsed()
    {
        Train("x", "y");
        var late = _asked.ToList();
        Pass(TimeSpan.FromSeconds(4));

        foreach (var ask in late)
            Answer(ask);
        Pass(TimeSpan.Zero);

        Assert.Equal(1, _protocol.Round);
        Assert.Empty(_protocol.Silent(_now));
    }

    [Fact]
    public void AFailureThatComesLateChangesNothing()
    {
        Train("x", "y");
        var late = _asked.ToList();
        Pass(TimeSpan.FromSeconds(4));
        var again = _asked.Skip(late.Count).ToList();
        foreach (var ask in late)
            _protocol.Unanswered(ask.Call, _now);
        var asked = _asked.Count;
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(asked, _asked.Count); // those under way are waited for

        foreach (var ask in again)
            Answer(ask);
        Pass(TimeSpan.Zero);

        Assert.Equal(1, _protocol.Round);
    }

    [Fact]
    public void AnArrayOfACallThatMayStillBeUnderWayIsNeverUsedAgain()
    {
        Train("x", "y");
        var lent = _computed[0].Arrays[0];
        Pass(TimeSpan.FromSeconds(4));
        foreach (var ask in _asked.ToList())
            Answer(ask);

        for (var round = 0; round < 4; round++)
            AnswerAll();

        Assert.True(_protocol.Round > 3);
        Assert.All(_computed.Skip(1), later => Assert.DoesNotContain(lent, later.Arrays));
        Assert.False(lent.IsFree);
    }

    /// <summary>Many segments over a slow line: the last call waits behind the others, and the silo answers all the while.</summary>
    [Fact]
    public void ASiloThatAnswersOthersOfItsCallsIsNotSilent()
    {
        Train("x", "x");
        var (first, last) = (_asked[0], _asked[1]);
        for (var second = 0; second < 10; second++)
        {
            Pass(TimeSpan.FromSeconds(1));
            _protocol.Answered(first.Call, new(SegmentOutcome.Again, 0, null, default, ""), _now);
            Pass(TimeSpan.Zero);
            first = _asked[^1];
        }

        Assert.DoesNotContain(_asked.Skip(2), a => a.Call.Key == last.Call.Key);
        Assert.Empty(_protocol.Silent(_now));
    }

    [Fact]
    public void WhoeverStoodStillItselfTakesNobodyForSilent()
    {
        Train("x", "y");
        var asked = _asked.Count;

        _now += TimeSpan.FromSeconds(7);
        Pass(TimeSpan.Zero);

        Assert.Equal(asked, _asked.Count);
        Assert.Empty(_protocol.Silent(_now));
    }

    [Fact]
    public void AStretchOfAStateIsAskedForAgainAndWhicheverAnswerComesFirstIsTaken()
    {
        Join();
        var lost = Assert.Single(_copies);

        Pass(TimeSpan.FromSeconds(4));

        Assert.Equal(2, _copies.Count);
        var bytes = new byte[8];
        StateAnswer stretch = new(0, 7, 16, VectorChunk.Borrow(bytes.AsMemory(0, 8)), default, false);
        _protocol.Copied(lost, stretch, _now);
        Pass(TimeSpan.Zero);
        Assert.Equal(8, _copies[^1].Offset);
        _protocol.Copied(_copies[1], stretch, _now); // of what has come already
        Pass(TimeSpan.Zero);
        Assert.Equal((3, 8), (_copies.Count, _copies[^1].Offset));
    }

    private void Train(params string[] silos)
    {
        _protocol.Begin(_model.After(0, _state), _now);
        Take(silos);
        Pass(TimeSpan.Zero);
    }

    private void Join()
    {
        _protocol.Join(_now);
        Take("x", "y");
        Pass(TimeSpan.Zero);
        foreach (var ask in _asked.ToList())
            _protocol.Answered(
                ask.Call,
                new(SegmentOutcome.Again, ask.Contribution.Round, null, default, ""),
                _now
            );
        Pass(TimeSpan.Zero);
    }

    private void Take(params string[] silos) =>
        _protocol.Take(
            new(
                Directive.Train,
                new(1, [All], true, [$"r/0/1/{silos[0]}", $"r/1/1/{silos[1]}", $"r/2/1/{silos[0]}"]),
                0,
                "b/t0"
            ),
            _now
        );

    /// <summary>Does what is asked for, but for calls: those are only noted.</summary>
    private void Pass(TimeSpan time)
    {
        for (var until = _now + time; ; _now += TimeSpan.FromSeconds(0.25))
        {
            while (_protocol.Next(_now) is { } action)
                Do(action);
            if (_now >= until)
                return;
        }
    }

    private void Do(TrainerAction action)
    {
        switch (action)
        {
            case AskSegment ask:
                _asked.Add(ask);
                break;
            case CopyState copy:
                _copies.Add(copy);
                break;
            case ComputeSlots compute when compute.Exchange.Kind == ExchangeKind.Round:
                _computed.Add(compute);
                var array = compute.Arrays[0];
                var tally = _model.Contribute(compute.Exchange, 0, _state, array.Bytes);
                _protocol.Computed(compute, [new OwnBlock(All, array, tally)]);
                break;
            case ComputeSlots compute:
                var counts = new LentArray(new byte[_model.Plan.VectorBytes(ExchangeKind.Evaluation)]);
                var counted = _model.Contribute(compute.Exchange, 0, _state, counts.Bytes);
                _protocol.Computed(compute, [new OwnBlock(All, counts, counted)]);
                break;
            case ApplyRound apply:
                _state = ToyModel.Apply(_state, apply.Averaged.Span);
                _protocol.Applied(_model.After(apply.Round + 1, _state));
                break;
            case CloseEpoch:
                _protocol.EpochClosed(_model.After(_protocol.Round, _state, default, isClosed: true));
                break;
            default:
                Assert.Fail($"{action} was not expected");
                break;
        }
    }

    private void AnswerAll()
    {
        var from = _asked.Count;
        Pass(TimeSpan.Zero);
        foreach (var ask in _asked.Skip(from).ToList())
            Answer(ask);
        Pass(TimeSpan.Zero);
        foreach (var ask in _asked.Skip(from).ToList())
            if (!_answered.Contains(ask))
                Answer(ask);
    }

    private void Answer(AskSegment ask)
    {
        _answered.Add(ask);
        if (!_segments.TryGetValue(ask.Call.Key, out var segment))
            _segments.Add(ask.Call.Key, segment = new());
        var answer = segment.Contribute(Simulation.Wire.Copy(ask.Contribution)!)!;
        Assert.Null(_protocol.Answered(ask.Call, Simulation.Wire.Copy(answer)!, _now));
    }
}
