using MMOrleans.Grains.DataShards;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Weighting;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Grains.Tests.Trainers;

/// <summary>Rounds in plain loops against the six files that make one, to the bit. The comments 1 to 6 name the file whose work a line does.</summary>
public class RoundInPlainArithmeticTests
{
    private const int Rounds = 3; // momentum is at work from the second on

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task SixFilesDoWhatPlainLoopsDo(int slots)
    {
        Assert.SkipWhen(
            TorchLibrary.CpuCapability == "baseline",
            "This processor has no fused multiply-add, with which the plain loops step as libtorch does elsewhere."
        );
        var specification = LocalRun.Specification(slots);
        using var folder = new TemporaryFolder();
        var run = await LocalRun.TrainAsync(
            folder.Path,
            specification,
            trainers: 2,
            settings: new() { Name = "test", RoundLimit = Rounds }
        );

        var images = await new TrainingDataCache().OpenAsync(specification, null);
        Assert.Equal(run.StateSha256, InPlainArithmetic(specification, images));
    }

    private static string InPlainArithmetic(RunSpecification specification, TrainingData data)
    {
        TorchThreads.Configure();
        var (width, height) = data.Size;
        var draws = data.DrawsOf(specification);
        var plan = new RunPlan(specification, draws.PerEpoch);
        var augmentation = new Augmentation(specification, width, height);
        using var replica = new Replica(specification, data.Counts, height, width, CPU);
        replica.Initialise();
        var (p, b) = (replica.Layout.ParameterLength, replica.Layout.BufferLength);
        var (parameters, momentum, buffers) = (new float[p], new float[p], new float[b]);
        replica.CopyState<float>(parameters, momentum, buffers);
        var (μ, λ) = ((float)specification.Optimiser.Momentum, (float)specification.Optimiser.WeightDecay);
        for (var round = 0; round < Rounds; round++)
        {
            var at = plan.At(round);
            var η = (float)at.LearningRate;
            var (sum, total) = Node(at, 0, specification.Slots); // 1 TrainerLoop: slots are computed, whoever leases them
            for (var i = 0; i < sum.Length; i++) // 6 SegmentRounds: one division, gradients by Σ w, statistics by the images
                sum[i] /= i < p ? (float)total.Denominator : total.Images;
            foreach (var tensor in replica.Layout.Entries.Where(entry => entry.Kind == StateKind.Parameter))
                for (var i = tensor.Offset; i < tensor.Offset + tensor.Length; i++) // 4 Replica: the optimiser's step
                {
                    var pull = tensor.Decays ? MathF.FusedMultiplyAdd(λ, parameters[i], sum[i]) : sum[i];
                    momentum[i] = (momentum[i] * μ) + pull;
                    parameters[i] = MathF.FusedMultiplyAdd(-η, momentum[i], parameters[i]);
                }

            sum[p..].CopyTo(buffers, 0);
            replica.LoadState<float>(parameters, momentum, buffers);
        }

        return StateHash.Sha256(parameters, momentum, buffers, Rounds);

        (float[] Sum, EpochSums Total) Node(RoundPlan at, int start, int end) // 2 RoundWork, 6 SegmentRounds: sums along the tree
        {
            if (end - start == 1)
                return Slot(at, start);
            var half = 1;
            while (2 * half < end - start)
                half *= 2;
            var (sum, total) = Node(at, start, start + half);
            var (right, rightTotal) = Node(at, start + half, end);
            for (var i = 0; i < sum.Length; i++)
                sum[i] += right[i];
            return (sum, total + rightTotal);
        }

        (float[] Contribution, EpochSums Tally) Slot(RoundPlan at, int slot)
        {
            var (first, rows) = plan.Rows(at.FirstStep, slot);
            var (pixels, labels) = (new float[rows * width * height * 3], new long[rows]);
            for (var row = 0; row < rows; row++) // 3 SlotImages: the slot's share of the batch, cropped by seed, epoch, image and draw
            {
                var (image, label, bytes) = data.At(train: true, draws.Of(at.Epoch).Positions[first + row]);
                augmentation.Train(
                    bytes.Span,
                    at.MethodEpoch,
                    image,
                    first + row,
                    pixels.AsSpan(row * width * height * 3)
                );
                labels[row] = label;
            }

            var contribution = new float[replica.ContributionLength];
            var tally = replica.Compute<float>( // 4 Replica, 5 SupervisedObjective: the gradient of Σ w·ℓ, statistics times images
                [new(rows, pixels, labels, sampleSum: 0)],
                DeferredReweighting.Of(specification.Method, data.Counts).At(at.MethodEpoch),
                at.LearningRate,
                contribution,
                plan.StepsBefore(at),
                at.MethodEpoch,
                at.Phase
            );
            return (contribution, new(tally.Denominator, tally.Images, tally.LossSum, tally.Correct, 0));
        }
    }
}
