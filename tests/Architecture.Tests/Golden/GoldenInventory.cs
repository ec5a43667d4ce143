using System.Text.RegularExpressions;
using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests.Golden;

/// <summary>Which test of which project reads which golden cases.</summary>
internal static class GoldenInventory
{
    private static readonly (string File, string CasePrefix, string Test)[] Read =
    [
        ("augmentation", "crop/", "AugmentationTests.GoldenCropsComeOut"),
        ("augmentation", "full/", "AugmentationTests.GoldenImagesOfFullSizeComeOut"),
        ("augmentation", "reflectPad", "AugmentationTests.GoldenReflectionsComeOut"),
        ("augmentation", "rot90/", "RotationTests.GoldenTurnsComeOut"),
        ("batches", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("batchnorm", "", "GoldenLayerTests.BatchNormAgreesWithTheGoldenFile"),
        ("bbn", "", "BilateralObjectiveTests.MixingAgreesWithTheGoldenFile"),
        ("class_counts", "", "ImbalanceProfileTests.EveryGoldenProfileComesOutExactly"),
        ("class_weights", "", "ClassWeightsTests.GoldenWeightsAndMarginsComeOut"),
        ("data_parallel", "", "GoldenTrainingTests.EverySharingOfABatchFollowsTheGoldenTrajectory"),
        ("decoupled", "tauNorm/", "DecoupledTests.TauNormalisedWeightsAndTheirLogitsAgreeWithTheGoldenFile"),
        ("decoupled", "lws", "DecoupledTests.ScaledLogitsLossAndGradientAgreeWithTheGoldenFile"),
        ("decoupled", "ncm/", "DecoupledTests.NearestClassMeansAgreeWithTheGoldenFile"),
        (
            "decoupled",
            "postHocLogitAdjust/",
            "DecoupledTests.LogitsAdjustedAfterTrainingAgreeWithTheGoldenFile"
        ),
        ("fill", "", "GoldenFillTests.FillAgreesWithTheGoldenFile"),
        ("loss_balanced_softmax", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_cb_focal", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_ce", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_focal", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_hinge", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_ldam", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_mm", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_lsoftmax", "", "GoldenLossTests.LargeMarginSoftmaxAgreesWithTheGoldenFile"),
        ("loss_modern", "vs/", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_modern", "gcl/", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("loss_modern", "lade/", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        (
            "loss_modern",
            "influenceBalanced/",
            "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"
        ),
        (
            "loss_modern",
            "labelAwareSmoothing/",
            "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"
        ),
        ("loss_uniform_margin", "", "GoldenLossTests.LossesMarginsAndGradientsAgreeWithTheGoldenFile"),
        ("lr_schedule", "ldam/", "RunPlanTests.GoldenWarmUpAndDropsComeOut"),
        ("lr_schedule", "bbn/", "RunPlanTests.GoldenWarmUpAndDropsComeOut"),
        ("lr_schedule", "bbnAlpha", "BilateralObjectiveTests.GoldenSharesOfTheConventionalBranchComeOut"),
        ("lr_schedule", "cosine/", "RunPlanTests.GoldenWarmUpAndDropsComeOut"),
        ("lr_schedule", "metaWeightNet", "RunPlanTests.GoldenWarmUpAndDropsComeOut"),
        ("meta_weight_net", "", "MetaWeightObjectiveTests.WholeStepAgreesWithTheGoldenFile"),
        ("metrics", "", "EvaluationTests.GoldenErrorsAndGroupsComeOut"),
        ("mini_training", "", "MiniTrainingTests.WholeRunsAgreeWithTheGoldenFile"),
        ("normed_linear", "", "GoldenLayerTests.NormalisedHeadAgreesWithTheGoldenFile"),
        ("optimiser", "adam", "AdamTests.TrajectoryAgreesWithTheGoldenFile"),
        ("optimiser", "sgd/", "StochasticGradientDescentTests.TrajectoriesAgreeWithTheGoldenFile"),
        ("resnet32", "", "ResNetTests.ThreeTrainingStepsAgreeWithTheGoldenFile"),
        ("sampler_weights", "progressive/", "SamplingWeightsTests.GoldenProbabilitiesComeOut"),
        ("sampler_weights", "effectiveNumber/", "SamplingWeightsTests.GoldenProbabilitiesComeOut"),
        ("sampler_weights", "inverse/", "SamplingWeightsTests.GoldenProbabilitiesComeOut"),
        ("sampler_weights", "inverseSqrt/", "SamplingWeightsTests.GoldenProbabilitiesComeOut"),
        ("sampler_weights", "instance/", "SamplingWeightsTests.GoldenProbabilitiesComeOut"),
        ("sampler_weights", "overUnder/", "SamplingWeightsTests.GoldenProbabilitiesComeOut"),
        ("sampler_weights", "reversed/", "SamplingWeightsTests.GoldenProbabilitiesComeOut"),
        ("subset_indices", "", "ImbalanceProfileTests.GoldenSubsetsAreTheSameImagesInTheSameOrder"),
    ];

    /// <summary>Whether a test reads a case.</summary>
    public static bool IsRead(string file, string id) =>
        Read.Any(e => e.File == file && id.StartsWith(e.CasePrefix, StringComparison.Ordinal));

    /// <summary>Named tests that stand in no test project.</summary>
    public static IEnumerable<string> MissingTests() =>
        Read.Select(e => e.Test)
            .Distinct()
            .Where(test =>
            {
                var name = test.Split('.');
                // A class whose tests stand in several files is named Class.Part.cs in all but one.
                return !Directory
                    .EnumerateFiles(
                        Path.Combine(Checkout.Root, "tests"),
                        $"{name[0]}*.cs",
                        SearchOption.AllDirectories
                    )
                    .Any(file =>
                        Regex.IsMatch(
                            File.ReadAllText(file),
                            $@"\[(Fact|Theory)[^;{{}}]*public (void|async Task) {Regex.Escape(name[1])}\("
                        )
                    );
            });
}
