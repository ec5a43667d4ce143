using System.Collections.Frozen;
using static MMOrleans.Runs.Epochs.Better;
using static MMOrleans.Runs.Epochs.ComparableWithin;
using static MMOrleans.Runs.Epochs.MetricKind;

namespace MMOrleans.Runs.Epochs;

/// <summary>The metrics of an epoch, a line each: files, REST, <c>--json</c>, gauges, TensorBoard, <c>checkpoint.keep_best</c> and their pages follow from it.</summary>
/// <remarks>What trainers measure has a line with a name alone, and is put in where it is measured: <see cref="EpochResult.With(string, double?)"/>.</remarks>
public static class MetricTable
{
    // As files of version 0.1 begin: scripts count columns. What is not named here comes after these, in the order of the table.
    private const string FirstColumns =
        "epoch,round,phase,lr,train_loss,train_accuracy,test_loss,accuracy,top5,many,medium,few,worst_class,grad_norm,images,sample_sum,"
        + "images_per_second,seconds,ece,ece_many,ece_medium,ece_few,nll,margin_median,margin_median_many,margin_median_medium,"
        + "margin_median_few,balanced_accuracy,macro_f1,geometric_mean,data_seconds,forward_seconds,backward_seconds,exchange_seconds,"
        + "wait_seconds,apply_seconds,evaluate_seconds";

    private static readonly MetricGauge Loss = new(
        "loss",
        "Mean of the method's own loss; comparable within one method only.",
        "split"
    );

    private static readonly MetricGauge Accuracy = new(
        "accuracy",
        "Test accuracy of the last evaluation, of all classes and by shot group.",
        "shot"
    );

    private static readonly MetricGauge Ece = new(
        "ece",
        "Expected calibration error of the last evaluation, of all classes and by shot group.",
        "shot"
    );

    private static readonly MetricGauge Margin = new(
        "margin.median",
        "Median margin of the last evaluation, true logit minus the best other.",
        "shot"
    );

    // A metric is a line.
    // csharpier-ignore
    private static readonly Metric[] Lines =
    [
        new("epoch", Count, "completed epochs"),
        new("round", Count, "completed rounds"),
        new("lr", Number, "learning rate") { Key = "learning_rate", Gauge = new("learning_rate"), TensorBoard = "lr" },
        new("train_loss", Number, "Σ w·ℓ / Σ w over the epoch, ℓ the method's own loss, w the class weights") { Better = Lower, CanBeBest = true, Gauge = Loss with { Value = "train" }, TensorBoard = "loss/train" },
        new("train_accuracy", Share, "share of the training images classified rightly in training; by their rotation in pre-training") { CanBeBest = true, TensorBoard = "acc/train_top1" },
        new("test_loss", e => e.Loss, Number, "mean of the method's own loss over the test images, without class weights") { Better = Lower, CanBeBest = true, Gauge = Loss with { Value = "test" }, TensorBoard = "loss/test", ComparableWithin = OneLoss, Rank = 3 },
        new("accuracy", e => e.Accuracy, Share, "share of the test images classified rightly") { CanBeBest = true, Gauge = Accuracy with { Value = "all" }, TensorBoard = "acc/test_top1" },
        new("top5", e => e.Top5, Share, "share of the test images whose class is among the five largest logits") { CanBeBest = true, Rank = 1 },
        new("many", (e, groups) => e.Mean(groups.Many), Share, "mean accuracy of the classes with many training images") { Shown = "accuracy_many", CanBeBest = true, Gauge = Accuracy with { Value = "many" }, TensorBoard = "acc/test_many" },
        new("medium", (e, groups) => e.Mean(groups.Medium), Share, "mean accuracy of the classes of the middle group") { Shown = "accuracy_medium", CanBeBest = true, Gauge = Accuracy with { Value = "medium" }, TensorBoard = "acc/test_medium" },
        new("few", (e, groups) => e.Mean(groups.Few), Share, "mean accuracy of the rarest classes") { Shown = "accuracy_few", CanBeBest = true, Gauge = Accuracy with { Value = "few" }, TensorBoard = "acc/test_few" },
        new("worst_class", e => e.WorstClass, Share, "accuracy of the worst class") { CanBeBest = true, IsInEvents = false },
        new("grad_norm", Norm, "Euclidean norm of the last averaged gradient") { Key = "gradient_norm", Gauge = new("gradient.norm"), TensorBoard = "grad/norm" },
        new("weight_norm", Norm, "Euclidean norm of the parameters after the last epoch") { Gauge = new("weight.norm"), IsInEvents = false, IsKept = false },
        new("images", Count, "training images that contributed"),
        new("seconds", Seconds, "duration of the epoch, evaluation included"),
        new("images_per_second", Rate, "training images per second"),
        new("balanced_accuracy", e => e.BalancedAccuracy, Share, "mean accuracy of the classes") { CanBeBest = true },
        new("macro_f1", e => e.MacroF1, Share, "mean F1 of the classes") { CanBeBest = true },
        new("geometric_mean", e => e.GeometricMean, Share, "geometric mean of the classes' accuracies") { CanBeBest = true },
        new("ece", e => e.CalibrationOf(e.All)?.Error, Share, "expected calibration error of all test images") { Better = Lower, CanBeBest = true, Gauge = Ece with { Value = "all" }, Rank = 2 },
        new("ece_many", (e, groups) => e.CalibrationOf(groups.Many)?.Error, Share, "expected calibration error of the images of the classes with many training images") { Better = Lower, Gauge = Ece with { Value = "many" }, Rank = 2 },
        new("ece_medium", (e, groups) => e.CalibrationOf(groups.Medium)?.Error, Share, "expected calibration error of the images of the classes of the middle group") { Better = Lower, Gauge = Ece with { Value = "medium" }, Rank = 2 },
        new("ece_few", (e, groups) => e.CalibrationOf(groups.Few)?.Error, Share, "expected calibration error of the images of the rarest classes") { Better = Lower, Gauge = Ece with { Value = "few" }, Rank = 2 },
        new("nll", e => e.NegativeLogLikelihood, Number, "mean of −log p of the true class over the test images") { Better = Lower, CanBeBest = true, Rank = 2 },
        new("margin_median", e => e.MarginsOf(e.All)?.Median, Number, "median margin of all test images: true logit minus the best other") { Gauge = Margin with { Value = "all" }, ComparableWithin = OneHead, Rank = 2 },
        new("margin_median_many", (e, groups) => e.MarginsOf(groups.Many)?.Median, Number, "median margin of the images of the classes with many training images") { Gauge = Margin with { Value = "many" }, ComparableWithin = OneHead, Rank = 2 },
        new("margin_median_medium", (e, groups) => e.MarginsOf(groups.Medium)?.Median, Number, "median margin of the images of the classes of the middle group") { Gauge = Margin with { Value = "medium" }, ComparableWithin = OneHead, Rank = 2 },
        new("margin_median_few", (e, groups) => e.MarginsOf(groups.Few)?.Median, Number, "median margin of the images of the rarest classes") { Gauge = Margin with { Value = "few" }, ComparableWithin = OneHead, Rank = 2 },
        new("data_seconds", Seconds, "waits for images of the trainer that reports the epoch") { IsInEvents = false },
        new("forward_seconds", Seconds, "forward passes of the trainer that reports the epoch") { IsInEvents = false },
        new("backward_seconds", Seconds, "backward passes of that trainer, and the sum over its slots") { IsInEvents = false },
        new("exchange_seconds", Seconds, "that trainer sending blocks and receiving averages") { IsInEvents = false },
        new("wait_seconds", Seconds, "that trainer waiting for the slots of others") { IsInEvents = false },
        new("apply_seconds", Seconds, "optimiser steps and state hashes of that trainer") { IsInEvents = false },
        new("evaluate_seconds", Seconds, "evaluation by that trainer, until all slices were counted") { IsInEvents = false },
    ];

    /// <summary>Every metric, in the order in which <c>--json</c> shows them.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [.. Lines.Select((metric, index) => metric with { Index = index })];

    private static readonly FrozenDictionary<string, Metric> ByName = All.ToFrozenDictionary(metric =>
        metric.Name
    );

    /// <summary>The columns of <c>metrics.csv</c>, in order: the metrics that files keep, with <c>phase</c> and <c>sample_sum</c>, which are not numbers.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        .. FirstColumns.Split(','),
        .. All.Where(metric => metric.IsKept).Select(metric => metric.Name).Except(FirstColumns.Split(',')),
    ];

    /// <summary>The metrics of an evaluation, in the order in which people are shown them.</summary>
    public static IReadOnlyList<Metric> OfTest { get; } =
    [.. All.Where(metric => metric.IsOfTest).OrderBy(metric => metric.Rank)];

    /// <summary>Those that <c>checkpoint.keep_best</c> may go by.</summary>
    public static IReadOnlyList<Metric> CanBeBest { get; } =
    [.. OfTest.Concat(All.Where(metric => !metric.IsOfTest)).Where(metric => metric.CanBeBest)];

    /// <summary>A metric by its name; null for none.</summary>
    public static Metric? Find(string name) => ByName.GetValueOrDefault(name);
}
