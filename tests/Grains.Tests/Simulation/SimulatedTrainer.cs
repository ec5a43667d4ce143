using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Timing;
using MMOrleans.Grains.Trainers;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Grains.Trainers.Rounds;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Carries out what the trainer's protocol asks for, in virtual time, on a toy model.</summary>
internal sealed class SimulatedTrainer
{
    private readonly SimulatedSilo _silo;
    private readonly Schedule _schedule;
    private readonly TrainerProtocol _protocol;
    private readonly Dictionary<long, (byte[] Bytes, TrainerState State)> _pinned = [];
    private readonly double _speed;
    private readonly bool _joined;
    private float[] _state = ToyModel.First();
    private EpochSums _sums;
    private bool _flips;
    private bool _isFlipped;
    private bool _wasSpare;
    private int _wake;
    private UInt128 _witness;
    private readonly AttendedTime _attended; // as the watch on its device has it
    private bool _hangs;
    private Fault? _fault;
    private DateTimeOffset? _computingSince;
    private TimeSpan _usual;
    private StatePosition? _before; // where it was a heartbeat ago

    /// <param name="name">Its key.</param>
    /// <param name="silo">Where it lives.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="checkpoint">Rounds of the checkpoint it starts from; null for joining a run under way.</param>
    public SimulatedTrainer(string name, SimulatedSilo silo, Schedule schedule, long? checkpoint)
    {
        (Name, _silo, _schedule) = (name, silo, schedule);
        _speed = (schedule.Pace ?? schedule.Between(5, 400)).TotalMilliseconds;
        _attended = new(schedule.Liveness.Call);
        _protocol = new(name, schedule.Model.Plan, schedule.Liveness, schedule.Memory());
        _joined = checkpoint is null;
        if (checkpoint is { } rounds)
        {
            _state = schedule.Model.StateAfter(rounds);
            var epoch = schedule.Model.Plan.Run.RoundsPerEpoch;
            for (var round = rounds - (rounds % epoch); round < rounds; round++)
                _sums += schedule.Model.Total(round);
            var held = schedule.Model.After(rounds, _state, _sums, isClosed: true);
            if (rounds == schedule.WitnessRound)
                _witness = held.Hash;
            _protocol.Begin(held, schedule.Time.Now);
        }
        else
            _protocol.Join(schedule.Time.Now);
    }

    public string Name { get; }

    /// <summary>It was told to leave, or another one has its place.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Completed rounds, when no epoch's end is before it.</summary>
    public long? Checkpoint => _protocol.Position is { Closing: false } at ? at.Round : null;

    /// <summary>Term of its newest lease; 0 before the first.</summary>
    public long Term => _protocol.Lease?.Term ?? 0;

    /// <summary>Slots that are its own in a round, as its newest lease has it.</summary>
    public IEnumerable<int> Held(long round) =>
        (_protocol.Lease?.At(round).Slots ?? []).SelectMany(range =>
            Enumerable.Range(range.Start, range.Length)
        );

    /// <summary>Holds the state that one process alone would have.</summary>
    public bool IsSound =>
        !_isFlipped && !HasLeft && _protocol.Stage is TrainerStage.Training or TrainerStage.Done;

    /// <summary>Its device does not come back.</summary>
    public bool IsHung { get; private set; }

    /// <summary>What its protocol keeps.</summary>
    public TrainerMemory Memory => _protocol.Memory;

    public override string ToString() => $"{Name} {_protocol}{(HasLeft ? ", has left" : "")}";

    /// <summary>Its session is ended for another one.</summary>
    public void Leave() => HasLeft = true;

    public void Wake()
    {
        Beat();
        Step();
    }

    /// <summary>
    /// One bit goes wrong in the next update. A bit that flips between its hash and its use is beyond what any hash can see.
    /// </summary>
    public void FlipBit() => _flips = true;

    /// <summary>It cannot go on.</summary>
    public void Report(Fault fault) => _fault = fault;

    /// <summary>Its device never comes back from the next piece of work that has one before it to be compared with.</summary>
    public void HangNext() => _hangs = true;

    /// <summary>Writes its state into the run's folder; a device that hangs gives it to nobody.</summary>
    public void Save(Action<CheckpointReport> reply)
    {
        if (HasLeft || IsHung)
            return;
        Later(
            _schedule.Between(5, 50),
            () =>
            {
                var (round, fault) = (_protocol.Round, (Fault?)null);
                if (_schedule.DiskIsFull)
                    fault = new("MM5002", "no space is left on the device", "make room");
                else if (Checkpoint is { } rounds)
                    _schedule.Checkpointed(rounds);
                reply(new($"round-{round}", 0, round, 24, 0.01, $"{ToyModel.Hash(_state)}", fault));
            }
        );
    }

    public StateAnswer Fetch(StateRequest request)
    {
        if (HasLeft || _protocol.StateHash == 0)
            return new(-1, default, 0, null);
        var round = request.Round < 0 ? _protocol.Round : request.Round;
        if (!_pinned.TryGetValue(round, out var pinned))
        {
            if (request.Round >= 0)
                return new(-1, default, 0, null);
            pinned = (
                ToyModel.Bytes(_state),
                new(_protocol.Position, ToyModel.Hash(_state), _sums, double.NaN)
            );
            _pinned[round] = pinned;
            if (_pinned.Count > 2)
                _pinned.Remove(_pinned.Keys.Min());
        }

        var length = Math.Min(10, pinned.Bytes.Length - (int)request.Offset); // in stretches, as a large state comes
        return new(
            round,
            pinned.State.Hash,
            pinned.Bytes.Length,
            VectorChunk.Borrow(pinned.Bytes.AsMemory((int)request.Offset, length)),
            pinned.State.Sums,
            pinned.State.Position.Closing
        );
    }

    private void Later(TimeSpan delay, Action action)
    {
        var life = _silo.Life;
        _schedule.Time.After(delay, () => _silo.When(life, action));
    }

    private void Beat()
    {
        if (_schedule.IsOver || HasLeft)
            return;
        var stage = _fault is null ? _protocol.Stage : TrainerStage.Faulted;
        _schedule.Beat(
            _silo,
            new()
            {
                Trainer = Name,
                Term = _protocol.Lease?.Term ?? 0,
                Stage = stage,
                Round = _protocol.Round,
                Closing = _protocol.Position.Closing,
                StateSha256 = stage == TrainerStage.Done ? $"{ToyModel.Hash(_state)}" : null,
                StateHash = _protocol.StateHash,
                Lease = _protocol.Lease is { } lease ? lease with { Fallback = null } : null,
                IsDisputed = _protocol.IsDisputed,
                IsRefused = _protocol.IsRefused,
                Silent = _protocol.Silent(_schedule.Time.Now),
                Elements = _schedule.Model.Elements,
                Fault = _fault,
                FaultIsOfTheRun = _fault == Breakdown.OfTheRun,
                WaitingFor = _protocol.WaitingFor,
                Computing = _computingSince is { } since
                    ? new((_attended.At(_schedule.Time.Now) - since).TotalSeconds, _usual.TotalSeconds)
                    : null,
                Progress = new() { Round = _protocol.Round },
                Status = new(Name, "cpu", stage, [], _protocol.Round, 1000 / _speed, 1, 0, 1, 0, 0),
                WitnessHash = _witness,
                KnowsHeldTerm = Name[^1] == '0', // the others are as of the build before: an update may stop halfway
            },
            answer =>
            {
                if (answer.Directive == Directive.Leave)
                    HasLeft = true;
                var term = _protocol.Lease?.Term ?? 0;
                _protocol.Take(answer, _schedule.Time.Now);
                _wasSpare |= _protocol.Lease is { Slots.IsEmpty: true };
                if (_protocol.Lease?.Term < term)
                    _schedule.Violate(
                        $"{Name} took the lease of term {_protocol.Lease.Term} for that of {term}"
                    );
                Step();
            },
            () =>
            {
                _protocol.Refused(_schedule.Time.Now);
                Step();
            }
        );
        var isHeldUp = _protocol.WaitingFor.Length > 0 && _protocol.Position == _before;
        _before = _protocol.Position;
        Later(Heartbeats.Pause(withheld: 0, isHeldUp, _schedule.Liveness.Beat), Beat);
    }

    private void Step()
    {
        if (_schedule.IsOver || HasLeft || _fault is not null)
            return;
        var fallbacks = _protocol.Fallbacks;
        while (_protocol.Next(_schedule.Time.Now) is { } action)
            Begin(action);
        if (_protocol.Fallbacks > fallbacks)
            _schedule.Note($"{Name} falls back to term {_protocol.Lease!.Term}");
        var wake = ++_wake;
        Later(
            TimeSpan.FromMilliseconds(250),
            () =>
            {
                if (wake == _wake)
                    Step();
            }
        );
    }

    private void Begin(TrainerAction action)
    {
        switch (action)
        {
            case ComputeSlots compute:
                Compute(compute);
                break;
            case AskSegment ask:
                Ask(ask);
                break;
            case ApplyRound apply:
                Later(TimeSpan.FromMilliseconds(1), () => Apply(apply));
                break;
            case CloseEpoch close:
                Later(TimeSpan.FromMilliseconds(1), () => Close(close));
                break;
            case CopyState copy:
                Copy(copy);
                break;
            case LoadState load:
                Later(TimeSpan.FromMilliseconds(5), () => Load(load));
                break;
        }
    }

    private void Compute(ComputeSlots compute)
    {
        var state = _state;
        LentArray[] arrays =
            compute.Exchange.Kind == ExchangeKind.Round
                ? [.. compute.Arrays]
                :
                [
                    .. compute.Slots.Select(_ => new LentArray(
                        new byte[_schedule.Model.Plan.VectorBytes(ExchangeKind.Evaluation)]
                    )),
                ];
        var length = _schedule.Between(0.8 * _speed, 1.2 * _speed) * compute.Slots.Length;
        _computingSince = _attended.At(_schedule.Time.Now);
        if (_silo.Hung.Contains(Name) || (_hangs && _usual > TimeSpan.Zero))
        {
            IsHung = true;
            if (_silo.Hung.Add(Name))
                _schedule.Hung(this, _silo);
            return;
        }

        Later(
            length,
            () =>
            {
                (_computingSince, _usual) = (null, length);
                var values = new Dictionary<int, (LentArray, EpochSums)>();
                for (var i = 0; i < arrays.Length; i++)
                {
                    _schedule.Computed(Name, compute.Exchange, compute.Slots[i]);
                    var tally = _schedule.Model.Contribute(
                        compute.Exchange,
                        compute.Slots[i],
                        state,
                        arrays[i].Bytes
                    );
                    values[compute.Slots[i]] = (arrays[i], tally);
                }

                var slots = _schedule.Model.Plan.Slots;
                _protocol.Computed(
                    compute,
                    compute.Exchange.Kind == ExchangeKind.Round
                        ? SlotSums.Fold<float>(slots, values)
                        : SlotSums.Fold<double>(slots, values)
                );
                Step();
            }
        );
    }

    private void Ask(AskSegment ask)
    {
        var target = PinnedKey.Silo(ask.Call.Key);
        var isReadable = _schedule.SharesMemory(_silo.Name, target);
        _schedule.Call<Contribution, SegmentAnswer>(
            _silo,
            target,
            () => isReadable ? ask.Contribution : Wire.Copy(ask.Contribution),
            (silo, message, reply) => silo.Contribute(ask.Call.Key, message, reply),
            answer => isReadable ? answer : Wire.Copy(answer, _schedule.IsDamaged()),
            answer =>
            {
                if (_protocol.Answered(ask.Call, answer, _schedule.Time.Now) is { } wrong)
                    _schedule.Violate(wrong);
                Step();
            },
            () =>
            {
                _protocol.Unanswered(ask.Call, _schedule.Time.Now);
                Step();
            }
        );
    }

    private void Copy(CopyState copy) =>
        _schedule.Call<StateRequest, StateAnswer>(
            _silo,
            PinnedKey.Silo(copy.From),
            () => new("r-simulated", copy.Round, copy.Offset, copy.Length),
            (silo, request, reply) =>
            {
                if (silo.Trainers.TryGetValue(copy.From, out var source) && !source.IsHung)
                    reply(source.Fetch(request));
            },
            answer => answer with { Bytes = Wire.Copy(answer.Bytes, _schedule.IsDamaged()) },
            answer =>
            {
                _protocol.Copied(copy, answer, _schedule.Time.Now);
                Step();
            },
            () =>
            {
                _protocol.NotCopied(copy, _schedule.Time.Now);
                Step();
            }
        );

    private void Apply(ApplyRound apply)
    {
        if (apply.Total != _schedule.Model.Total(apply.Round))
            _schedule.Violate(
                $"{Name} round {apply.Round}: total {apply.Total}, the sampler's is {_schedule.Model.Total(apply.Round)}"
            );
        _state = ToyModel.Apply(_state, apply.Averaged.Span);
        if (_schedule.Flips(Name, apply.Round, _flips))
        {
            _state[0] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(_state[0]) ^ 1);
            (_flips, _isFlipped) = (false, true);
        }

        _sums += apply.Total;
        var hash = ToyModel.Hash(_state);
        if (hash != _schedule.Model.HashAfter(apply.Round + 1) && !_isFlipped)
            _schedule.Violate($"{Name} left the trajectory in round {apply.Round}");
        if (apply.Round + 1 == _schedule.WitnessRound)
            _witness = hash;
        _schedule.Applied(apply.Round);
        _protocol.Applied(_schedule.Model.After(apply.Round + 1, _state, _sums));
        Step();
    }

    private void Close(CloseEpoch close)
    {
        var at = _protocol.Position;
        var expected = new EpochSums();
        var first =
            (at.Round - 1)
            / _schedule.Model.Plan.Run.RoundsPerEpoch
            * _schedule.Model.Plan.Run.RoundsPerEpoch;
        for (var round = first; round < at.Round; round++)
            expected += _schedule.Model.Total(round);
        if (_sums != expected)
            _schedule.Violate($"{Name} epoch to {at.Round}: sums {_sums}, should be {expected}");
        if (
            close.Counts is { } counts
            && _schedule.Model.Plan.At(at) is { } evaluation
            && !_isFlipped
            && !counts.Span.SequenceEqual(_schedule.Model.Counts(evaluation.Number))
        )
            _schedule.Violate($"{Name} evaluation {evaluation.Number} counted something else");
        if (close.WritingTerm is not null && !close.Missed && !_isFlipped)
            _schedule.Report(at.Round, _schedule.Model.Plan.Run.RoundsPerEpoch);
        _sums = default;
        if (!_isFlipped && !_schedule.DiskIsFull)
            _schedule.Checkpointed(at.Round);
        _protocol.EpochClosed(_schedule.Model.After(at.Round, _state, _sums, isClosed: true));
        Step();
    }

    private void Load(LoadState load)
    {
        // A spare may lag behind those who compute, and be given slots then.
        if (!_joined && !_wasSpare && _schedule.SurvivorsKeepUp)
            _schedule.Violate(
                $"{Name} was never away and had to copy the state of round {load.State.Position.Round}"
            );
        _state = ToyModel.State(load.Bytes);
        _sums = load.State.Sums;
        var hash = ToyModel.Hash(_state);
        _isFlipped = hash != _schedule.Model.HashAfter(load.State.Position.Round);
        _protocol.Loaded(load.State with { Hash = hash }, _schedule.Time.Now);
        Step();
    }
}
