using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Imbalance;
using MMOrleans.Learning.Metrics;
using MMOrleans.Learning.Parameters;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Schedules;
using MMOrleans.Learning.Specifications;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Weighting;

namespace MMOrleans.Grains.Trainers;

/// <summary>The rounds of one trainer: computes the slots that its lease names, exchanges, applies, and at an epoch's end evaluates.</summary>
/// <remarks>
/// One <see cref="AdvanceAsync"/> is one round, or one end of an epoch; it returns with nothing changed when orders to pause come
/// first. Everything it computes is a function of (specification, round, slot) and of the state.
/// </remarks>
internal sealed class TrainerRounds : IAsyncDisposable
{
    private const int TestBatch = 200;

    private readonly TrainerAssignment _assignment;
    private readonly TrainingDevice _device;
    private readonly SessionServices _services;
    private readonly StandingOrders _orders;
    private readonly RunSpecification _specification;
    private readonly TrainingData _data;
    private readonly RunPlan _plan;
    private readonly DeferredReweighting _weights;
    private readonly ShotGroups _groups;
    private readonly SlotImages _images;
    private readonly Replica _replica;
    private readonly CheckpointSaver _saver;
    private readonly ContributionBuffers _buffers;
    private readonly ImmutableArray<(SegmentShape Shape, int OffsetBytes)> _segments;
    private readonly (SegmentShape Shape, int OffsetBytes) _evaluation;
    private readonly byte[] _averaged;
    private readonly long _end;

    private List<byte[]> _held = [];
    private SegmentExchange? _open;
    private UInt128 _stateHash;
    private RoundTally _sums;
    private long _round;
    private EpochMetrics? _unreported;
    private long _epochSince;
    private volatile string _activity = "";
    private PinnedState? _pinned;

    private TrainerRounds(
        TrainerAssignment assignment,
        TrainingDevice device,
        SessionServices services,
        StandingOrders orders,
        RunSpecification specification,
        TrainingData data,
        Replica replica
    )
    {
        (_assignment, _device, _services, _orders) = (assignment, device, services, orders);
        (_specification, _data, _replica) = (specification, data, replica);
        var sampler = Samplers.Create(specification, data.Labels);
        _plan = new(specification, sampler.DrawsPerEpoch);
        _end = Math.Min(_plan.Rounds, assignment.Settings.RoundLimit ?? long.MaxValue);
        _weights = DeferredReweighting.Of(specification.Method, data.Counts);
        _groups = ShotGroups.Parse(assignment.Settings.Groups, data.Counts);
        _images = new(
            services.Grains,
            new(
                assignment.Specification,
                assignment.Settings.DataPath,
                assignment.ManifestHash,
                ShardPlan.Shards
            ),
            data,
            sampler,
            _plan,
            new(specification, data.Size.Width, data.Size.Height)
        );
        _saver = new(assignment, device.Trainer, replica.Layout, _plan, data, services);
        _buffers = new(replica.ContributionLength * sizeof(float));
        _averaged = new byte[replica.ContributionLength * sizeof(float)];

        var deferredFrom = _plan.FirstDeferredRound;
        var cut = SegmentPlan.Cut(replica.ContributionLength);
        _segments =
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
                            deferredFrom
                        ),
                        s.Offset * sizeof(float)
                    )
            ),
        ];
        var numbers = EvaluationTally.VectorLength(data.Counts.Count);
        _evaluation = (new(cut.Count, specification.Slots, numbers, sizeof(double), 0, long.MaxValue), 0);
    }

    /// <summary>Completed rounds.</summary>
    public long Round => Volatile.Read(ref _round);

    /// <summary>Numbers in a contribution.</summary>
    public int Elements => _replica.ContributionLength;

    /// <summary>Where the time of the last rounds went.</summary>
    public StageTimes Times { get; } = new();

    /// <summary>What the open round waits for; empty when nothing.</summary>
    public string WaitingFor => _open?.WaitingFor ?? "";

    /// <summary>Whether all rounds are done and the last epoch is closed.</summary>
    public bool AtEnd => _round == _end && !EpochIsOpen;

    /// <summary>Opens the data, builds the network, loads the state to start from.</summary>
    public static async Task<TrainerRounds> PrepareAsync(
        TrainerAssignment assignment,
        TrainingDevice device,
        SessionServices services,
        StandingOrders orders,
        CancellationToken cancellationToken
    )
    {
        var specification = SpecificationDocument.Read(assignment.Specification);
        var data = await services.Data.OpenAsync(specification, assignment.Settings.DataPath);
        if (data.ManifestHash != assignment.ManifestHash)
            throw new InvalidOperationException(
                $"The data has manifest {data.ManifestHash}, the run began with {assignment.ManifestHash}."
            );
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
                made.Initialise();
                return made;
            },
            cancellationToken
        );
        var rounds = new TrainerRounds(assignment, device, services, orders, specification, data, replica);
        if (assignment.Checkpoint is { } checkpoint)
        {
            var loaded = rounds._saver.Load(checkpoint);
            await device.Thread.RunAsync(
                () =>
                {
                    replica.LoadState<float>(loaded.Parameters, loaded.Momentum, loaded.Buffers);
                    return true;
                },
                cancellationToken
            );
            (rounds._round, rounds._sums) = (loaded.Round, loaded.Sums);
        }

        rounds._stateHash = await device.Thread.RunAsync(replica.StateHash, cancellationToken);
        rounds._epochSince = services.Clock.GetTimestamp();
        return rounds;
    }

    /// <summary>One round, or the end of an epoch.</summary>
    public Task AdvanceAsync(CancellationToken cancellationToken) =>
        EpochIsOpen ? CloseEpochAsync(cancellationToken) : TrainRoundAsync(cancellationToken);

    /// <summary>Waits for a checkpoint that is being written.</summary>
    public Task FlushAsync() => _saver.FlushAsync();

    /// <summary>SHA-256 of the state after the completed rounds.</summary>
    public Task<string> StateSha256Async() => _device.Thread.RunAsync(() => _replica.StateSha256(_round));

    /// <summary>Writes the state now and waits for it.</summary>
    public async Task<CheckpointReport> SaveNowAsync(CancellationToken cancellationToken)
    {
        await _saver.FlushAsync();
        var copy = await CopyStateAsync();
        return await Task.Run(() => _saver.Write(copy), cancellationToken);
    }

    /// <summary>A stretch of the pinned state, pinning the newest when asked.</summary>
    public async Task<StateAnswer> FetchStateAsync(StateRequest request)
    {
        if (request.Round < 0 || _pinned is null)
            _pinned = new(await CopyStateAsync(), _stateHash);
        return _pinned.Answer(request);
    }

    /// <summary>How far this trainer is.</summary>
    public RunProgress Progress()
    {
        var round = Round;
        var at = _plan.At(Math.Min(round, _plan.Rounds - 1));
        return new()
        {
            Epoch = at.Epoch + 1,
            Epochs = _specification.Epochs,
            RoundOfEpoch = round == _plan.Rounds ? _plan.RoundsPerEpoch : at.RoundOfEpoch,
            RoundsPerEpoch = _plan.RoundsPerEpoch,
            Round = round,
            Rounds = _plan.Rounds,
            Phase = Name(at.Phase),
            Loss = _sums.Denominator > 0 ? _sums.LossSum / _sums.Denominator : double.NaN,
            LearningRate = at.LearningRate,
            GradientNorm = _replica.LastGradientNorm,
            Activity = _activity,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _saver.FlushAsync();
        await _device.Thread.RunAsync(() =>
        {
            _replica.Dispose();
            return true;
        });
    }

    /// <summary>Whether the rounds of an epoch are done and its end is not: no evaluation, sums still standing.</summary>
    private bool EpochIsOpen =>
        _sums.Images > 0 && _round > 0 && (_round == _end || _plan.At(_round - 1).EndsEpoch);

    private static string Name(Phase phase) => phase == Phase.Deferred ? "deferred" : "main";

    private async Task TrainRoundAsync(CancellationToken cancellationToken)
    {
        await ReportAsync();
        var at = _plan.At(_round);
        var weights = _weights.At(at.Epoch);
        var times = new RoundTimes();
        var exchange = Open(_round, at.Phase == Phase.Deferred, _segments, _averaged);
        List<byte[]> used = [];

        var closed = await ExchangeAsync(
            exchange,
            lease => lease.Segments[..^1],
            async (lease, missing) =>
            {
                var started = _services.Clock.GetTimestamp();
                var batches = new Dictionary<int, IReadOnlyList<Batch>>();
                foreach (var slot in missing)
                    batches[slot] = await _images.GetAsync(_round, slot);
                if (_round + 1 < _end)
                    _images.Prefetch(_round + 1, missing);
                var ready = _services.Clock.GetTimestamp();
                foreach (var _ in missing)
                    used.Add(_buffers.Rent());
                var mine = used.TakeLast(missing.Count).ToArray();
                var blocks = await _device.Thread.RunAsync(() =>
                    Compute(missing, batches, mine, weights, at.LearningRate)
                );
                times = times with
                {
                    Images = times.Images + batches.Values.Sum(b => b.Sum(x => x.Rows)),
                    Data = times.Data + _services.Clock.GetElapsedTime(started, ready).TotalSeconds,
                    Compute = times.Compute + _services.Clock.GetElapsedTime(ready).TotalSeconds,
                };
                return blocks;
            },
            seconds => times = times with { Exchange = times.Exchange + seconds },
            cancellationToken
        );
        if (!closed)
        {
            _buffers.Return(used);
            return;
        }

        var applying = _services.Clock.GetTimestamp();
        _stateHash = await _device.Thread.RunAsync(
            () =>
            {
                _replica.Apply<float>(MemoryMarshal.Cast<byte, float>(_averaged), at.LearningRate);
                return _replica.StateHash();
            },
            CancellationToken.None
        ); // half an update is no state: this step is not to be cancelled
        _sums += exchange.Total;
        Volatile.Write(ref _round, _round + 1);
        _images.Forget(_round);
        _buffers.Return(_held);
        _held = used;
        var wait = Math.Min(exchange.WaitedSeconds, times.Exchange);
        Times.Add(
            times with
            {
                Exchange = times.Exchange - wait,
                Wait = wait,
                Apply = _services.Clock.GetElapsedTime(applying).TotalSeconds,
            }
        );
        if (!EpochIsOpen && Writes && _saver.IsDue(_round, null))
            _saver.Begin(await CopyStateAsync());
    }

    /// <summary>Evaluates if this epoch is to be, closes its sums, reports, checkpoints.</summary>
    private async Task CloseEpochAsync(CancellationToken cancellationToken)
    {
        var at = _plan.At(_round - 1);
        EvaluationTally? evaluation = null;
        if (_plan.EvaluatesAfter(at.Epoch) || _round == _end)
        {
            _activity = "evaluating";
            evaluation = await EvaluateAsync(at.Epoch, cancellationToken);
            _activity = "";
            if (evaluation is null)
                return; // paused: the epoch stays open
        }

        var seconds = _services.Clock.GetElapsedTime(_epochSince).TotalSeconds;
        _unreported = EpochReport.Of(
            at,
            _round,
            _sums,
            evaluation,
            _groups,
            _replica.LastGradientNorm,
            seconds
        );
        _sums = default;
        _epochSince = _services.Clock.GetTimestamp();
        if (Writes)
        {
            await ReportAsync();
            if (_round == _end || _saver.IsDue(_round, at.Epoch + 1))
                _saver.Begin(await CopyStateAsync());
        }
    }

    private async Task<EvaluationTally?> EvaluateAsync(int epoch, CancellationToken cancellationToken)
    {
        var (shape, _) = _evaluation;
        var result = new byte[shape.Elements * shape.ElementBytes];
        var exchange = Open(epoch, false, [_evaluation], result);
        var slots = _specification.Slots;
        var closed = await ExchangeAsync(
            exchange,
            lease => lease.Segments[^1..],
            async (lease, missing) =>
            {
                var values = new Dictionary<int, (byte[], RoundTally)>();
                foreach (var slot in missing)
                {
                    var tally = new EvaluationTally(_data.Counts.Count);
                    var start = (int)((long)slot * _data.Test.Count / slots);
                    var end = (int)((long)(slot + 1) * _data.Test.Count / slots);
                    var next =
                        start < end ? _images.ReadTestAsync(start, Math.Min(TestBatch, end - start)) : null;
                    while (next is not null)
                    {
                        var batch = await next;
                        start += batch.Rows;
                        next =
                            start < end
                                ? _images.ReadTestAsync(start, Math.Min(TestBatch, end - start))
                                : null;
                        await _device.Thread.RunAsync(() =>
                        {
                            _replica.Evaluate(batch, tally);
                            return true;
                        });
                        SlotImages.Return(batch);
                    }

                    var vector = new byte[shape.Elements * shape.ElementBytes];
                    tally.CopyTo(MemoryMarshal.Cast<byte, double>(vector.AsSpan()));
                    values[slot] = (vector, new(0, tally.Images, 0, 0, 0));
                }

                return SegmentExchange.Fold(
                    slots,
                    values,
                    (left, right) =>
                        AveragingTree.Add<double>(
                            MemoryMarshal.Cast<byte, double>(left.AsSpan()),
                            MemoryMarshal.Cast<byte, double>(right)
                        )
                );
            },
            _ => { },
            cancellationToken
        );
        return closed
            ? EvaluationTally.From(_data.Counts.Count, MemoryMarshal.Cast<byte, double>(result))
            : null;
    }

    /// <summary>Computes what the lease asks for and waits for the segments, until all have answered.</summary>
    /// <returns>False when told to pause or leave first: nothing was changed.</returns>
    private async Task<bool> ExchangeAsync(
        SegmentExchange exchange,
        Func<Lease, ImmutableArray<string>> segments,
        Func<Lease, IReadOnlyList<int>, Task<List<(SlotRange, byte[], RoundTally)>>> compute,
        Action<double> waited,
        CancellationToken cancellationToken
    )
    {
        try
        {
            while (true)
            {
                var (orders, changed) = _orders.Read();
                if (orders.Directive != Directive.Train || orders.Lease is not { } whole)
                    return false;
                var lease = whole with { Segments = segments(whole) };
                exchange.Follow(lease);
                var missing = exchange.Missing(lease);
                if (missing.Count > 0 || exchange.Next() is null)
                    exchange.Give(lease, missing, missing.Count > 0 ? await compute(lease, missing) : []);

                var since = _services.Clock.GetTimestamp();
                await Task.WhenAny(exchange.Next() ?? changed, changed).WaitAsync(cancellationToken);
                if (await exchange.CollectAsync(lease) is { } refusal)
                    throw refusal.Outcome switch
                    {
                        SegmentOutcome.StatesDiffer => new ReplicasDifferException(refusal.Detail),
                        _ => new InvalidOperationException($"{refusal.Outcome}: {refusal.Detail}"),
                    };
                waited(_services.Clock.GetElapsedTime(since).TotalSeconds);
                if (exchange.Complete)
                    return true;
            }
        }
        finally
        {
            _open = null;
        }
    }

    private SegmentExchange Open(
        long round,
        bool deferred,
        ImmutableArray<(SegmentShape, int)> segments,
        Memory<byte> result
    ) => _open = new(_services.Grains, _device.Trainer, segments, round, deferred, _stateHash, result);

    /// <summary>On the device's thread: every slot from the same state, then the aligned sums.</summary>
    private List<(SlotRange, byte[], RoundTally)> Compute(
        IReadOnlyList<int> slots,
        Dictionary<int, IReadOnlyList<Batch>> batches,
        byte[][] buffers,
        double[] weights,
        double learningRate
    )
    {
        var values = new Dictionary<int, (byte[], RoundTally)>();
        for (var i = 0; i < slots.Count; i++)
        {
            var tally = _replica.Compute(
                batches[slots[i]],
                weights,
                learningRate,
                MemoryMarshal.Cast<byte, float>(buffers[i].AsSpan())
            );
            values[slots[i]] = (
                buffers[i],
                new(tally.Denominator, tally.Images, tally.LossSum, tally.Correct, tally.SampleSum)
            );
        }

        return SegmentExchange.Fold(
            _specification.Slots,
            values,
            (left, right) =>
                AveragingTree.Add<float>(
                    MemoryMarshal.Cast<byte, float>(left.AsSpan()),
                    MemoryMarshal.Cast<byte, float>(right)
                )
        );
    }

    private bool Writes => _orders.Read().Orders.Lease?.Writes == true;

    /// <summary>Every trainer knows every epoch's numbers; whoever writes reports them, an heir once more.</summary>
    private async Task ReportAsync()
    {
        if (_unreported is not { } metrics || !Writes)
            return;
        await _services.Grains.GetGrain<IRunGrain>(_assignment.RunId).RecordEpochAsync(metrics);
        _unreported = null;
    }

    private Task<StateCopy> CopyStateAsync() =>
        _device.Thread.RunAsync(() =>
        {
            var layout = _replica.Layout;
            var copy = new StateCopy(
                _round,
                EpochIsOpen,
                _sums,
                new float[layout.ParameterLength],
                new float[layout.ParameterLength],
                new float[layout.BufferLength]
            );
            _replica.CopyState<float>(copy.Parameters, copy.Momentum, copy.Buffers);
            return copy;
        });
}
