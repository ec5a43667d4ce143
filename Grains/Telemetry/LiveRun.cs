using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Telemetry;

/// <summary>A live run as its gauges show it, read at every scrape. What is not known yet is null.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="Last">Its last epoch.</param>
/// <param name="Evaluated">Its last epoch that was evaluated.</param>
internal sealed record LiveRun(RunProgress Progress, EpochResult? Last = null, EpochResult? Evaluated = null)
{
    /// <param name="progress">How far it is.</param>
    /// <param name="epochs">Every epoch so far.</param>
    public static LiveRun Of(RunProgress progress, IReadOnlyList<EpochResult> epochs) =>
        new(
            progress,
            epochs.Count > 0 ? epochs[^1] : null,
            epochs.LastOrDefault(epoch => epoch.Accuracy is not null)
        );

    /// <summary>Trainers that the run should have at least.</summary>
    public int? MinTrainers { get; init; }

    /// <summary>Trainers that the run lacks to its minimum.</summary>
    public int? TrainersMissing =>
        MinTrainers is { } minimum
            ? Math.Max(0, minimum - Progress.Trainers.Count(trainer => trainer.Stage != TrainerStage.Faulted))
            : null;

    /// <summary>When its newest checkpoint was written; before the first, when it began.</summary>
    public DateTimeOffset? CheckpointTime { get; init; }

    /// <summary>Intervals of its checkpoints that have gone by since then.</summary>
    public double? CheckpointLag { get; init; }

    /// <summary>Names of the classes whose errors are shown; none for none.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Share of the rounds that are done, in [0, 1].</summary>
    /// <remarks>Before trainers have said how far they are, and after an epoch that they have not counted yet, the epochs know better.</remarks>
    public double? Done =>
        Progress.Rounds > 0 ? (double)Math.Max(Progress.Round, Last?.Round ?? 0) / Progress.Rounds : null;

    /// <summary><c>pretraining</c>, <c>main</c> or <c>deferred</c>; not known before trainers have a plan.</summary>
    public string? Phase => Progress.Rounds > 0 ? Progress.Phase : null;

    /// <summary>A metric: of the running epoch where that is known, otherwise of the last one; of the last evaluation if it is of the test images.</summary>
    public double? this[Metric metric]
    {
        get
        {
            var value =
                metric.IsOfTest ? Evaluated?[metric]
                : Running(metric.Name) is { } running && double.IsFinite(running) ? running
                : Last?[metric];
            return metric.Kind != MetricKind.Norm || value > 0 ? value : null;
        }
    }

    /// <summary>Test error by class; none for a class without test images.</summary>
    public IEnumerable<(string Class, double Error)> ClassErrors =>
        Evaluated?.Counts?.ClassAccuracy is { } accuracies && accuracies.Count == Classes.Count
            ? Classes
                .Zip(accuracies)
                .Where(one => one.Second is not null)
                .Select(one => (one.First, 1 - one.Second!.Value))
            : [];

    // What a heartbeat says between two epochs: 0 where it says nothing.
    private double? Running(string metric) =>
        metric switch
        {
            "train_loss" => Progress.Loss,
            "lr" when Progress.LearningRate > 0 => Progress.LearningRate,
            "grad_norm" when Progress.GradientNorm > 0 => Progress.GradientNorm,
            _ => null,
        };
}
