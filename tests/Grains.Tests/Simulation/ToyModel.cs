using System.IO.Hashing;
using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Parameters;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Training of a few numbers: every contribution depends on every bit of the state, and on nothing else but round and slot.</summary>
internal sealed class ToyModel
{
    private const int Numbers = 6;
    private readonly List<float[]> _states = [];
    private readonly List<UInt128> _hashes = [];
    private readonly List<byte[]> _counts = [];
    private readonly List<EpochSums> _totals = [];

    /// <param name="slots">V.</param>
    /// <param name="rounds">Of the run.</param>
    /// <param name="roundsPerEpoch">The same in each.</param>
    /// <param name="firstDeferred">First round of the deferred phase.</param>
    /// <param name="isCut">Whether there are two segments, as of a large model; else one.</param>
    public ToyModel(int slots, int rounds, int roundsPerEpoch, long firstDeferred, bool isCut = true)
    {
        var run = new RunPlan(
            new()
            {
                Epochs = (rounds + roundsPerEpoch - 1) / roundsPerEpoch,
                BatchSize = 1,
                Slots = slots,
                EvaluateEvery = 2,
                Dataset = new()
                {
                    Name = "synthetic",
                    Mean = [],
                    StandardDeviation = [],
                },
                Imbalance = new() { Kind = "none" },
                Method = new()
                {
                    Name = "ce-drw",
                    Loss = "ce",
                    Reweight = Reweighting.Deferred,
                    DeferEpoch = (int)(firstDeferred / roundsPerEpoch),
                },
                Model = new() { Architecture = "resnet8", Head = "linear" },
                Optimiser = new() { LearningRate = 0.1 },
                Schedule = new() { WarmupEpochs = 0, Milestones = [] },
            },
            drawsPerEpoch: roundsPerEpoch,
            roundLimit: rounds
        );
        SegmentShape Shape(int index, int elements, int bytes, int byDenominator, PhaseBounds phases) =>
            new(index, slots, elements, bytes, byDenominator, phases.FirstDeferred);
        Elements = isCut ? 300_000 : Numbers;
        Plan = !isCut
            ? ExchangePlan.Of(run, slots, Numbers, 4, 3, isStrict: true)
            : new(
                run,
                slots,
                [
                    (Shape(0, 4, sizeof(float), 4, run.Phases), 0),
                    (Shape(1, 2, sizeof(float), 0, run.Phases), 4 * sizeof(float)),
                ],
                Shape(2, 3, sizeof(double), 0, PhaseBounds.None)
            );
        Follow();
    }

    public ExchangePlan Plan { get; }

    /// <summary>Numbers of a contribution, as trainers say: they decide how many segments there are.</summary>
    public int Elements { get; }

    /// <summary>What one process alone would have after so many rounds.</summary>
    public UInt128 HashAfter(long rounds) => _hashes[(int)rounds];

    /// <summary>A checkpoint of that state.</summary>
    public float[] StateAfter(long rounds) => [.. _states[(int)rounds]];

    /// <summary>What is known of a state after so many rounds, before or after the end of the epoch that they may end.</summary>
    public TrainerState After(long rounds, float[] state, EpochSums sums = default, bool isClosed = false) =>
        new(new(rounds, !isClosed && Plan.Run.ClosesEpoch(rounds)), Hash(state), sums, double.NaN);

    /// <summary>Scalars of a round.</summary>
    public EpochSums Total(long round) => _totals[(int)round];

    /// <summary>What one process alone would count in an evaluation.</summary>
    public byte[] Counts(long evaluation) => _counts[(int)evaluation];

    public static float[] First() => [0.1f, -0.2f, 0.3f, 1.5f, -2.5f, 0.7f];

    public static UInt128 Hash(float[] state) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes<float>(state));

    /// <summary>A slot's contribution to a round, or its counts in an evaluation.</summary>
    public EpochSums Contribute(Exchange exchange, int slot, float[] state, Span<byte> into)
    {
        if (exchange.Kind == ExchangeKind.Evaluation)
        {
            var counts = MemoryMarshal.Cast<byte, double>(into);
            for (var i = 0; i < counts.Length; i++)
                counts[i] = Mix((ulong)BitConverter.SingleToInt32Bits(state[i]), slot, i) % 1000;
            return new(0, 10, 0, 0, 0);
        }

        var values = MemoryMarshal.Cast<byte, float>(into);
        var deferred = Plan.PhaseOf(exchange) == Phase.Deferred;
        for (var i = 0; i < Numbers; i++)
        {
            var noise = (Mix((ulong)exchange.Number, slot, i) % 10_000 / 7_001f) - 0.7f;
            values[i] = (state[i] * (deferred ? 0.31f : 0.73f)) + (noise * state[(i + 1) % Numbers]) + 0.01f;
        }

        return new(1.5 + slot, 10 + slot, slot * 0.25, slot, Mix((ulong)exchange.Number, slot, 99));
    }

    public static float[] Apply(float[] state, ReadOnlySpan<byte> averaged)
    {
        var average = MemoryMarshal.Cast<byte, float>(averaged);
        var next = new float[Numbers];
        for (var i = 0; i < Numbers; i++)
            next[i] = (state[i] * 0.9f) - (average[i] * 0.1f);
        return next;
    }

    public static byte[] Bytes(float[] state) => MemoryMarshal.AsBytes<float>(state).ToArray();

    public static float[] State(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes.AsSpan()).ToArray();

    private void Follow()
    {
        var state = First();
        _states.Add(state);
        _hashes.Add(Hash(state));
        var position = new StatePosition(0, false);
        while (!Plan.IsEnd(position))
        {
            if (Plan.At(position) is not { } exchange)
            {
                position = position with { Closing = false };
                continue;
            }

            var (sum, tally) = Sum(exchange, state, 0, Plan.Slots);
            if (exchange.Kind == ExchangeKind.Evaluation)
            {
                _counts.Add(sum);
                position = position with { Closing = false };
                continue;
            }

            var averaged = new byte[sum.Length];
            foreach (var (shape, offset) in Plan.Segments)
                Divide(
                    MemoryMarshal.Cast<byte, float>(sum.AsSpan(offset, shape.Elements * sizeof(float))),
                    tally,
                    shape.ByDenominator,
                    MemoryMarshal.Cast<byte, float>(averaged.AsSpan(offset, shape.Elements * sizeof(float)))
                );
            state = Apply(state, averaged);
            _states.Add(state);
            _hashes.Add(Hash(state));
            _totals.Add(tally);
            position = Plan.AfterRound(position.Round);
        }
    }

    /// <summary>As a segment does it, and written apart from it: a wrong segment is not to be compared with itself.</summary>
    private static void Divide(
        ReadOnlySpan<float> sum,
        EpochSums tally,
        int byDenominator,
        Span<float> average
    )
    {
        for (var i = 0; i < sum.Length; i++)
            average[i] = sum[i] / (float)(i < byDenominator ? tally.Denominator : tally.Images);
    }

    private (byte[] Sum, EpochSums Tally) Sum(Exchange exchange, float[] state, int start, int end)
    {
        if (end - start == 1)
        {
            var vector = new byte[Plan.VectorBytes(exchange.Kind)];
            return (vector, Contribute(exchange, start, state, vector));
        }

        var middle = AveragingTree.Split(start, end);
        var (left, leftTally) = Sum(exchange, state, start, middle);
        var (right, rightTally) = Sum(exchange, state, middle, end);
        if (exchange.Kind == ExchangeKind.Round)
            AveragingTree.Add<float>(
                MemoryMarshal.Cast<byte, float>(left.AsSpan()),
                MemoryMarshal.Cast<byte, float>(right.AsSpan())
            );
        else
            AveragingTree.Add<double>(
                MemoryMarshal.Cast<byte, double>(left.AsSpan()),
                MemoryMarshal.Cast<byte, double>(right.AsSpan())
            );
        return (left, leftTally + rightTally);
    }

    private static ulong Mix(ulong a, int b, int c)
    {
        var x =
            a * 0x9E3779B97F4A7C15
            + (ulong)(b + 1) * 0xBF58476D1CE4E5B9
            + (ulong)(c + 1) * 0x94D049BB133111EB;
        x ^= x >> 31;
        x *= 0xD6E8FEB86659FD93;
        return x ^ (x >> 32);
    }
}
