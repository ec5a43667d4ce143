using System.Runtime.InteropServices;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Parameters;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Weighting;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Trainers;

/// <summary>What one trainer's protocol asks for, done: slots computed, averages applied, epochs closed, states copied.</summary>
/// <remarks>
/// One of these at a time. Everything computed is a function of (specification, round, slot) and of the state; round, sums and state change
/// together on the device's thread, so that a copy taken there is of one moment.
/// </remarks>
internal sealed class TrainerRounds : IAsyncDisposable
{
    private const int TestBatch = 200;
    private const int StatesPinned = 2;
    private const int NormsKept = 8;
    private static readonly double[] RotationWeights = [.. Enumerable.Repeat(1.0, Rotation.Classes)];

    private readonly TrainerAssignment _assignment;
    private readonly TrainingDevice _device;
    private readonly SessionServices _services;
    private readonly RunSpecification _specification;
    private readonly TrainingData _data;
    private readonly RunPlan _plan;
    private readonly DeferredReweighting _weights;
    private readonly ShotGroups _groups;
    private readonly SlotImages _images;
    private readonly Replica _replica;
    private readonly CheckpointSaver _saver;
    private readonly EpochReporter _reporter;
    private readonly EvaluationShape _evaluation;
    private readonly long _end;
    private readonly List<PinnedState> _pinned = [];

    private UInt128 _stateHash;
    private (StateCopy Copy, long Term)? _unconfirmed; // due as a checkpoint, and nobody has said yet that the others hold the same
    private RoundTally _sums;
    private double _gradientNorm = double.NaN;
    private readonly Queue<double> _lastNorms = new();
    private long _round;
    private bool _closing;
    private RoundTimes _times;
    private long _exchangingSince;
    private long _epochSince;
    private long _evaluatingSince;
    private RoundTimes _epochTimes;
    private double _epochForward;
    private volatile string _activity = "";

    private TrainerRounds(
        TrainerAssignment assignment,
        TrainingDevice device,
        SessionServices services,
        RunSpecification specification,
        TrainingData data,
        Replica replica
    )
    {
        (_assignment, _device, _services) = (assignment, device, services);
        (_specification, _data, _replica) = (specification, data, replica);
        Story = new(services.Telemetry, assignment.RunId, device, services.Clock);
        var draws = data.DrawsOf(specification);
        _plan = new(specification, draws.PerEpoch);
        _end = Math.Min(_plan.Rounds, assignment.Settings.RoundLimit ?? long.MaxValue);
        _weights = DeferredReweighting.Of(specification.Method, data.Counts);
        _groups = ShotGroups.Parse(assignment.Settings.Groups, data.Counts);
        _evaluation = EvaluationShape.Of(
            specification,
            data.Counts.Count,
            assignment.Settings.CalibrationBins
        );
        _images = new(
            new(
                (shard, request) => services.Grains.GetGrain<IDataShardGrain>(shard).ReadAsync(request),
                new(
                    assignment.Specification,
                    assignment.Settings.DataPath,
                    assignment.ManifestHash,
                    ShardPlan.Shards
                ),
                data,
                services.Liveness.Stuck,
                services.Liveness.Patience,
                services.Clock,
                services.Telemetry.Meter,
                services.Logger
            ),
            data,
            draws,
            _plan,
            new(specification, data.Size.Width, data.Size.Height),
            specification.Seed
        );
        _saver = new(assignment, device.Trainer, specification.Seed, replica.Layout, _plan, data, services);
        _reporter = new(
            epoch => services.Grains.GetGrain<IRunGrain>(assignment.RunId).RecordEpochAsync(epoch),
            services.Liveness.Patience,
            services.Clock
        );
        var cut = SegmentPlan.Cut(replica.ContributionLength);
        Exchanges = new()
        {
            Slots = specification.Slots,
            End = _end,
            RoundsPerEpoch = _plan.RoundsPerEpoch,
            PretrainingEpochs = _plan.PretrainingEpochs,
            EvaluateEvery = specification.EvaluateEvery,
            FirstDeferredRound = _plan.FirstDeferredRound,
            Segments =
            [
                .. cut.Select(
                    (s, i) =>
                        (
                            new SegmentShape(
                                i,
                                specification.Slots,
                                s.Elements,
                                sizeof(float),
                                Math.Clamp(replica.DenominatorLength - s.Offset, 0, s.Elements),
                                _plan.FirstDeferredRound,
                                _plan.FirstMainRound
                            ),
                            s.Offset * sizeof(float)
                        )
                ),
            ],
            Evaluation = new(
                cut.Count,
                specification.Slots,
                _evaluation.VectorLength,
                sizeof(double),
                0,
                long.MaxValue
            ),
        };
    }

    /// <summary>What is told of its rounds.</summary>
    public RoundTelemetry Story { get; }

    /// <summary>The run's exchanges in order.</summary>
    public ExchangePlan Exchanges { get; }

    /// <summary>Where the state stands, and its hash.</summary>
    public (StatePosition Position, UInt128 Hash) State => (new(_round, _closing), _stateHash);

    /// <summary>Completed rounds.</summary>
    public long Round => Volatile.Read(ref _round);

    /// <summary>Numbers in a contribution.</summary>
    public int Elements => _replica.ContributionLength;

    /// <summary>Where the time of the last rounds went.</summary>
    public StageTimes Times { get; } = new();

    /// <summary>Opens the data, builds the network, loads the state to start from.</summary>
    public static async Task<TrainerRounds> PrepareAsync(
        TrainerAssignment assignment,
        TrainingDevice device,
        SessionServices services,
        CancellationToken cancellationToken
    )
    {
        var specification = SpecificationDocument.Read(assignment.Specification);
        var data = await services.Data.OpenAsync(
            specification,
            assignment.Settings.DataPath,
            assignment.ManifestHash,
            cancellationToken
        );
        var initial =
            assignment.Checkpoint is null && specification.Model.InitFrom is not null
                ? InitialWeights.Read(Path.Combine(assignment.Folder, InitialWeights.FileName))
                : null;
        var started = services.Clock.GetUtcNow();
        var replica = await device.Thread.RunAsync(
            () =>
            {
                TorchThreads.Configure();
                var made = new Replica(
                    specification,
                    data.Counts,
                    data.Size.Height,
                    data.Size.Width,
                    TorchDevices.Open(device.Name)
                );
                if (assignment.Checkpoint is null)
                    made.Initialise(initial);
                return made;
            },
            cancellationToken
        );
        services.Telemetry.DeviceReady(assignment.RunId, device.Trainer, device.Name, started);
        var rounds = new TrainerRounds(assignment, device, services, specification, data, replica);
        if (assignment.Checkpoint is { } checkpoint)
            await rounds.LoadStateAsync(await rounds._saver.LoadAsync(checkpoint));
        else
            rounds._stateHash = await device.Thread.RunAsync(replica.StateHash, cancellationToken);
        rounds._epochSince = services.Clock.GetTimestamp();
        return rounds;
    }

    /// <summary>Computes slots of a round or of an evaluation from the state held.</summary>
    /// <param name="action">Which.</param>
    /// <param name="arrays">One for each slot of a round.</param>
    /// <param name="writes">Whether this trainer reports the epochs.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<(IReadOnlyList<OwnBlock> Blocks, IReadOnlyList<LentArray> Arrays)> ComputeAsync(
        ComputeSlots action,
        IReadOnlyList<LentArray> arrays,
        bool writes,
        CancellationToken cancellationToken
    )
    {
        if (writes)
            _reporter.Begin();
        if (action.Exchange.Kind == ExchangeKind.Evaluation)
        {
            _activity = "evaluating";
            Story.Evaluating();
            if (_evaluatingSince == 0)
                _evaluatingSince = _services.Clock.GetTimestamp();
            return (await EvaluateAsync(action.Slots, cancellationToken), []);
        }

        var at = _plan.At(_round);
        var weights = at.Phase == Phase.Pretraining ? RotationWeights : _weights.At(at.MethodEpoch);
        var started = _services.Clock.GetTimestamp();
        Story.Computing(at);
        _services.Telemetry.Meter.QueueIs(_device.Trainer, _images.Ready);
        var batches = new Dictionary<int, IReadOnlyList<Batch>>();
        foreach (var slot in action.Slots)
            batches[slot] = await _images.GetAsync(_round, slot).WaitAsync(cancellationToken);
        if (_round + 1 < _end)
            _images.Prefetch(_round + 1, action.Slots);
        var ready = _services.Clock.GetTimestamp();
        var blocks = await _device.Thread.RunAsync(
            () => Compute(action.Slots, batches, arrays, weights, at),
            CancellationToken.None
        );
        _exchangingSince = _services.Clock.GetTimestamp();
        _times = _times with
        {
            Images = _times.Images + batches.Values.Sum(b => b.Sum(x => x.Rows)),
            Data = _times.Data + _services.Clock.GetElapsedTime(started, ready).TotalSeconds,
            Compute = _times.Compute + _services.Clock.GetElapsedTime(ready, _exchangingSince).TotalSeconds,
        };
        return (blocks, arrays);
    }

    /// <summary>Applies a round's average.</summary>
    /// <param name="action">Which.</param>
    /// <param name="writingTerm">As <see cref="TrainerProtocol.WritingTerm"/>.</param>
    public async Task ApplyAsync(ApplyRound action, long? writingTerm)
    {
        var at = _plan.At(action.Round);
        var applying = _services.Clock.GetTimestamp();
        var exchanged =
            _exchangingSince == 0
                ? 0
                : _services.Clock.GetElapsedTime(_exchangingSince, applying).TotalSeconds;
        await _device.Thread.RunAsync(() =>
        {
            _replica.Apply<float>(
                MemoryMarshal.Cast<byte, float>(action.Averaged),
                at.LearningRate,
                at.Phase,
                at.EndsPretraining
            );
            _sums += action.Total;
            _gradientNorm = _replica.LastGradientNorm;
            Keep(_gradientNorm);
            _closing = Exchanges.ClosesEpoch(_round + 1);
            Volatile.Write(ref _round, _round + 1);
            _stateHash = _replica.StateHash();
            return true;
        });
        if (_unconfirmed is { } agreed)
            _saver.Begin(agreed.Copy, agreed.Term); // whoever took part in this round started from it
        _unconfirmed = null;
        _images.Forget(_round);
        var wait = Math.Min(action.WaitedSeconds, exchanged);
        var times = _times with
        {
            Exchange = exchanged - wait,
            Wait = wait,
            Apply = _services.Clock.GetElapsedTime(applying).TotalSeconds,
        };
        Times.Add(times);
        _epochTimes += times;
        Story.Closed(at, times, leads: writingTerm is not null);
        (_times, _exchangingSince) = (default, 0);
        if (!_closing && writingTerm is { } term && _saver.IsDue(_round, null))
            _unconfirmed = (await CopyStateAsync(), term);
    }

    /// <summary>Closes an epoch: its sums, its report, its checkpoint.</summary>
    /// <param name="action">Which.</param>
    /// <param name="writingTerm">As <see cref="TrainerProtocol.WritingTerm"/>.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task CloseEpochAsync(
        CloseEpoch action,
        long? writingTerm,
        CancellationToken cancellationToken
    )
    {
        _activity = "";
        var at = _plan.At(_round - 1);
        var seconds = _services.Clock.GetElapsedTime(_epochSince).TotalSeconds;
        var stages = TakeStages();
        var epoch = action.Missed
            ? null
            : EpochReport.Of(
                at,
                _round,
                _sums,
                action.Counts is { } counts
                    ? EvaluationTally.From(_evaluation, MemoryMarshal.Cast<byte, double>(counts.AsSpan()))
                    : null,
                _groups,
                _gradientNorm,
                seconds,
                stages
            );
        await _device.Thread.RunAsync(
            () =>
            {
                if (epoch is not null)
                    epoch = epoch.With("weight_norm", _replica.WeightNorm());
                _sums = default;
                return _closing = false;
            },
            CancellationToken.None
        );
        _epochSince = _services.Clock.GetTimestamp();
        Story.EpochClosed(epoch, _plan.RoundsPerEpoch, _data.Test.Count, leads: writingTerm is not null);
        if (epoch is not null)
            _reporter.Add(epoch);
        if (writingTerm is not { } term)
            return;
        _reporter.Begin();
        if (_round == _end)
            await _reporter.FinishAsync(cancellationToken); // there is no later round to say it in
        if (_round != _end && !_saver.IsDue(_round, at.Epoch + 1))
            return;
        var copy = await CopyStateAsync();
        if (action.Counts is null && _round < _end)
            _unconfirmed = (copy, term);
        else
            _saver.Begin(copy, term); // an evaluation is an exchange, too
    }

    /// <summary>Takes another state for this trainer's own.</summary>
    public async Task LoadAsync(LoadState action)
    {
        var layout = _replica.Layout;
        var numbers = MemoryMarshal.Cast<byte, float>(action.Bytes.AsSpan());
        var (p, b) = (layout.ParameterLength, layout.BufferLength);
        if (numbers.Length != (2 * p) + b)
            throw new InvalidOperationException(
                $"A state of {numbers.Length} numbers was copied; this network has {(2 * p) + b}."
            );
        await LoadStateAsync(
            new(
                action.Position.Round,
                action.Position.Closing,
                action.Sums,
                action.GradientNorm,
                numbers[..p].ToArray(),
                numbers[p..(2 * p)].ToArray(),
                numbers[(2 * p)..].ToArray()
            )
        );
    }

    /// <summary>Waits for a checkpoint that is being written, and for what is being told of epochs.</summary>
    public Task FlushAsync() => Task.WhenAll(_saver.FlushAsync(), _reporter.FlushAsync());

    /// <summary>SHA-256 of the state after the completed rounds.</summary>
    public Task<string> StateSha256Async() => _device.Thread.RunAsync(() => _replica.StateSha256(_round));

    /// <summary>Writes the state now and waits for it.</summary>
    /// <param name="term">Of the lease held; null without one.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<CheckpointReport> SaveNowAsync(long? term, CancellationToken cancellationToken)
    {
        await _saver.FlushAsync();
        var copy = await CopyStateAsync();
        return await Task.Run(() => _saver.WriteAsync(copy, term), cancellationToken);
    }

    /// <summary>A stretch of a pinned state, pinning the newest when asked.</summary>
    public async Task<StateAnswer> FetchStateAsync(StateRequest request)
    {
        var pinned = _pinned.Find(p => p.Round == (request.Round < 0 ? Round : request.Round));
        if (pinned is null && request.Round >= 0)
            return new(-1, default, 0, null);
        if (pinned is null)
        {
            var (copy, hash) = await _device.Thread.RunAsync(() => (CopyState(), _stateHash));
            _pinned.Add(pinned = new(copy, hash));
            if (_pinned.Count > StatesPinned)
                _pinned.RemoveAt(0);
        }

        return pinned.Answer(request);
    }

    /// <summary>What is known of a loss that is not finite.</summary>
    public LossNotFinite Diverged(NonFiniteLossException loss)
    {
        var at = _plan.At(Math.Min(_round, _plan.Rounds - 1));
        return new(_device.Trainer, at.RoundOfEpoch + 1, loss.Where, at.LearningRate, [.. _lastNorms]);
    }

    /// <summary>How far this trainer is.</summary>
    public RunProgress Progress()
    {
        var round = Round;
        var at = _plan.At(Math.Min(round, _plan.Rounds - 1));
        return new()
        {
            Epoch = at.Epoch + 1,
            Epochs = _specification.TotalEpochs,
            RoundOfEpoch = round == _plan.Rounds ? _plan.RoundsPerEpoch : at.RoundOfEpoch,
            RoundsPerEpoch = _plan.RoundsPerEpoch,
            Round = round,
            Rounds = _plan.Rounds,
            Phase = PhaseName.Of(at.Phase),
            Loss = _sums.Denominator > 0 ? _sums.LossSum / _sums.Denominator : double.NaN,
            LearningRate = at.LearningRate,
            GradientNorm = _gradientNorm,
            Activity = _activity,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await FlushAsync();
        await _device.Thread.RunAsync(() =>
        {
            _replica.Dispose();
            return true;
        });
    }

    private EpochSeconds TakeStages()
    {
        var (times, forward) = (_epochTimes, Math.Min(_epochForward, _epochTimes.Compute));
        var evaluating =
            _evaluatingSince == 0 ? 0 : _services.Clock.GetElapsedTime(_evaluatingSince).TotalSeconds;
        (_epochTimes, _epochForward, _evaluatingSince) = (default, 0, 0);
        return new(
            times.Data,
            forward,
            times.Compute - forward,
            times.Exchange,
            times.Wait,
            times.Apply,
            evaluating
        );
    }

    private async Task LoadStateAsync(StateCopy copy)
    {
        await _device.Thread.RunAsync(() =>
        {
            _replica.LoadState<float>(copy.Parameters, copy.Momentum, copy.Buffers);
            (_sums, _closing, _gradientNorm) = (copy.Sums, copy.EpochIsOpen, copy.GradientNorm);
            Volatile.Write(ref _round, copy.Round);
            _stateHash = _replica.StateHash();
            return true;
        });
        _images.Forget(_round);
        _unconfirmed = null;
        (_times, _exchangingSince) = (default, 0);
    }

    private async Task<IReadOnlyList<OwnBlock>> EvaluateAsync(
        ImmutableArray<int> slots,
        CancellationToken cancellationToken
    )
    {
        var shape = Exchanges.Evaluation;
        var values = new Dictionary<int, (LentArray, RoundTally)>();
        foreach (var slot in slots)
        {
            var tally = new EvaluationTally(_evaluation);
            var start = (int)((long)slot * _data.Test.Count / _specification.Slots);
            var end = (int)((long)(slot + 1) * _data.Test.Count / _specification.Slots);
            var next = Read(start, end);
            while (next is not null)
            {
                var batch = await next;
                start += batch.Rows;
                next = Read(start, end);
                await _device.Thread.RunAsync(
                    () =>
                    {
                        _replica.Evaluate(batch, tally);
                        return true;
                    },
                    CancellationToken.None
                );
                SlotImages.Return(batch);
            }

            var vector = new byte[shape.Elements * shape.ElementBytes];
            tally.CopyTo(MemoryMarshal.Cast<byte, double>(vector.AsSpan()));
            values[slot] = (new(vector), new(0, tally.Images, 0, 0, 0));
        }

        return SlotSums.Fold<double>(_specification.Slots, values);

        Task<Batch>? Read(int from, int to) =>
            from < to
                ? _images.ReadTestAsync(from, Math.Min(TestBatch, to - from)).WaitAsync(cancellationToken)
                : null;
    }

    /// <summary>On the device's thread: every slot from the same state, then the aligned sums.</summary>
    private IReadOnlyList<OwnBlock> Compute(
        ImmutableArray<int> slots,
        Dictionary<int, IReadOnlyList<Batch>> batches,
        IReadOnlyList<LentArray> arrays,
        double[] weights,
        RoundPlan at
    )
    {
        var values = new Dictionary<int, (LentArray, RoundTally)>();
        for (var i = 0; i < slots.Length; i++)
        {
            var tally = _replica.Compute(
                batches[slots[i]],
                weights,
                at.LearningRate,
                MemoryMarshal.Cast<byte, float>(arrays[i].Bytes.AsSpan()),
                _plan.StepsBefore(at),
                at.MethodEpoch,
                at.Phase
            );
            values[slots[i]] = (
                arrays[i],
                new(tally.Denominator, tally.Images, tally.LossSum, tally.Correct, tally.SampleSum)
            );
        }

        var forward = _replica.TakeForwardSeconds();
        Story.Computed(forward);
        _epochForward += forward;
        return SlotSums.Fold<float>(_specification.Slots, values);
    }

    /// <summary>On the device's thread. Rounds that average parameters have no gradient.</summary>
    private void Keep(double norm)
    {
        if (double.IsNaN(norm))
            return;
        _lastNorms.Enqueue(norm);
        if (_lastNorms.Count > NormsKept)
            _lastNorms.Dequeue();
    }

    private Task<StateCopy> CopyStateAsync() => _device.Thread.RunAsync(CopyState);

    /// <summary>On the device's thread.</summary>
    private StateCopy CopyState()
    {
        var layout = _replica.Layout;
        var copy = new StateCopy(
            _round,
            _closing,
            _sums,
            _gradientNorm,
            new float[layout.ParameterLength],
            new float[layout.ParameterLength],
            new float[layout.BufferLength]
        );
        _replica.CopyState<float>(copy.Parameters, copy.Momentum, copy.Buffers);
        return copy;
    }
}
