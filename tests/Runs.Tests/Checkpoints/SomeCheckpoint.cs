using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Tests.Checkpoints;

/// <summary>Checkpoints for tests in which the values do not matter.</summary>
internal static class SomeCheckpoint
{
    public static readonly StateLayout Layout = new([
        new StateEntry("conv1.weight", [2, 3], 0, StateKind.Parameter),
        new StateEntry("bn1.running_mean", [2], 0, StateKind.Buffer),
        new StateEntry("linear.weight", [3], 6, StateKind.Parameter),
    ]);

    public static readonly RunSpecification Specification = new()
    {
        Epochs = 200,
        BatchSize = 128,
        Dataset = new DatasetSpecification
        {
            Name = "cifar10",
            Mean = [0.4914, 0.4822, 0.4465],
            StandardDeviation = [0.2023, 0.1994, 0.201],
        },
        Imbalance = new ImbalanceSpecification { Kind = "exp", Ratio = 100 },
        Method = new MethodSpecification
        {
            Name = "mm-drw",
            Loss = "mm",
            Reweight = Reweighting.Deferred,
            DeferEpoch = 160,
        },
        Model = new ModelSpecification { Architecture = "resnet32", Head = "normalised" },
        Optimiser = new OptimiserSpecification { LearningRate = 0.1 },
        Schedule = new ScheduleSpecification { WarmupEpochs = 5, Milestones = [160, 180] },
    };

    public static Checkpoint AfterEpoch(int epoch, float value = 1) =>
        new()
        {
            RunId = "r-7f3k9q",
            Progress = new CheckpointProgress
            {
                Epoch = epoch,
                Round = epoch * 97L,
                Seed = 1,
                ClassCounts = [5000, 50],
                SampleSum = ulong.MaxValue - 1,
                LossSum = 0.1 + 0.2,
            },
            Layout = Layout,
            Parameters = Enumerable.Range(0, 9).Select(i => value + i).ToArray(),
            Momentum = Enumerable.Range(0, 9).Select(i => -value * i).ToArray(),
            Buffers = new[] { 0.25f, value },
            Specification = SpecificationDocument.Write(Specification),
            DataManifestHash = "abc",
            Parents = ["r-2m8d0c@epoch-0042"],
        };

    public static Checkpoint InsideEpoch(int epoch, int roundOfEpoch)
    {
        var whole = AfterEpoch(epoch);
        return whole with
        {
            Progress = whole.Progress with
            {
                Round = whole.Progress.Round + roundOfEpoch,
                RoundOfEpoch = roundOfEpoch,
            },
        };
    }

    /// <summary>Flips one bit in the middle of a file.</summary>
    public static void Damage(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}
