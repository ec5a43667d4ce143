using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Configuration.Keys;
using MMOrleans.Learning.Losses;
using MMOrleans.Runs.Specifications;
using MMOrleans.Tests;

namespace MMOrleans.Configuration.Tests;

/// <summary>The same configuration means the same specification and the same settings in every version.</summary>
/// <remarks><c>Specifications.approved.txt</c> was written by the version before keys knew their record.</remarks>
public sealed class SpecificationGoldenTests
{
    private static readonly string Sha256 = new('a', 64);

    private static readonly JsonSerializerOptions Snake = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    [Fact]
    public void EveryPresetWithEveryMethodHasItsHashes()
    {
        var lines = Cases().Select(Line).ToList();
        var file = Path.Combine(Checkout.Root, "tests", "Configuration.Tests", "Specifications.approved.txt");
        if (Environment.GetEnvironmentVariable("MM_WRITE_SPECIFICATIONS") is { Length: > 0 } place)
            File.WriteAllLines(place, lines);

        Assert.Equal(File.ReadAllLines(file), lines);
    }

    private static IEnumerable<(string Name, string[] Sets)> Cases()
    {
        foreach (var preset in Presets.All)
        foreach (var method in MethodCatalogue.All)
            yield return ($"{preset.Name} {method.Name}", Of(preset, method));
        foreach (var preset in Presets.All)
        foreach (var method in MethodCatalogue.SecondStage)
            yield return (
                $"{preset.Name} {method.Name}",
                [.. Of(preset, method), "model.init_from=r-abc234@epoch-3", $"model.init_sha256={Sha256}"]
            );
        foreach (var loss in LossCatalogue.All)
            if (loss.Head is null)
                yield return (
                    $"tiny loss {loss.Name}",
                    ["preset=tiny", $"method.loss={loss.Name}", "method.name=erm"]
                );
        foreach (var sets in Variants)
            yield return (string.Join(' ', sets), sets);
    }

    private static string[] Of(Preset preset, MethodComposition method) =>
        [$"preset={preset.Name}", $"method.name={method.Name}", "dataset.path=/data"];

    private static readonly string[][] Variants =
    [
        ["imbalance.kind=step", "imbalance.ratio=10", "imbalance.step_fraction=0.3", "imbalance.seed=7"],
        ["imbalance.kind=none", "imbalance.held_out=5"],
        ["imbalance.kind=counts", "imbalance.counts=[9, 8, 7, 6, 5, 4, 3, 2, 2, 1]"],
        ["method.mm_variant=official", "method.mm_tie=none"],
        [
            "method.name=focal",
            "method.focusing=2",
            "method.focal_weights=standard",
            "method.reweight=balanced",
        ],
        [
            "method.name=erm",
            "method.reweight=deferred",
            "method.weights=inverse-frequency",
            "method.reduction=mean",
        ],
        [
            "method.name=erm",
            "method.reweight=balanced",
            "method.beta=0.99",
            "method.sampler=deferred-balanced",
            "method.defer_epoch=3",
        ],
        ["method.name=meta-weight-net", "method.meta_input=differentiated"],
        ["method.name=l-softmax", "method.angular_margin=2", "method.angular_lambda_min=5"],
        ["method.name=logit-adjustment", "method.tau=1.5"],
        ["method.name=ldam-drw-ssp", "pretraining.epochs=3"],
        ["method.name=ldam", "method.max_margin=0.4", "method.scale=10"],
        ["method.delta_minus=0.3", "method.delta_ratio=1.1"],
        ["train.epochs=5", "train.batch_size=32", "train.drop_last=true", "seed=9", "strict=false"],
        [
            "optimiser.lr=0.01",
            "optimiser.momentum=0",
            "optimiser.weight_decay=0",
            "optimiser.nesterov=true",
            "optimiser.clip_norm=5",
        ],
        [
            "schedule.kind=cosine",
            "schedule.warmup_epochs=2",
            "schedule.warmup_factor=0.25",
            "schedule.milestones=[3, 4]",
            "schedule.factor=0.1",
        ],
        [
            "schedule.kind=constant",
            "distribution.slots=2",
            "distribution.local_steps=4",
            "eval.every=3 epochs",
        ],
        ["dataset.augment.crop_padding=4", "dataset.augment.padding=reflect", "dataset.augment.flip=true"],
        ["dataset.normalise={mean: [0.5, 0.25, 0.75], std: [0.1, 0.2, 0.3]}"],
        ["dataset.normalise=none", "model.arch=resnet20", "model.head=normalised"],
        [
            "preset=own-images",
            "dataset.path=/d",
            "dataset.image_size=16",
            "dataset.on_bad_image=skip",
            "dataset.split.train=a",
            "dataset.split.test=b",
        ],
        [
            "dataset.name=parquet",
            "preset=own-images",
            "dataset.path=/d",
            "dataset.columns.image=i",
            "dataset.columns.label=l",
        ],
        [
            "name=n",
            "tags={a: x}",
            "distribution.trainers=2",
            "distribution.wait=2m",
            "distribution.priority=3",
        ],
        [
            "distribution.trainers={min: 2, max: 3}",
            "train.max_time=2h",
            "eval.groups=thirds",
            "eval.calibration_bins=20",
        ],
        [
            "checkpoint.every=50 rounds",
            "checkpoint.keep_last=2",
            "checkpoint.keep_switch=false",
            "checkpoint.path=s3://bucket/p",
        ],
        [
            "checkpoint.every=10 min",
            "checkpoint.keep_best.metric=few",
            "checkpoint.keep_best.mode=min",
            "checkpoint.keep_best.count=0",
        ],
        [
            "telemetry.traces=all",
            "telemetry.round_every=7",
            "telemetry.per_class_metrics=true",
            "telemetry.trackers.tensorboard=false",
        ],
        ["eval.groups={many: 90, few: 30}", "checkpoint.every=2 epochs"],
        [
            "method.name=crt",
            "model.init_from=r-abc234",
            $"model.init_sha256={Sha256}",
            "model.init_classifier=kept",
            "model.shift_batch_norm=true",
        ],
        [
            "method.name=tau-norm",
            "model.init_from=r-abc234",
            $"model.init_sha256={Sha256}",
            "classifier.tau=0.9",
        ],
    ];

    private static string Line((string Name, string[] Sets) @case)
    {
        var run = RunConfiguration.Resolve(new() { Sets = @case.Sets, WorkingFolder = null });
        var settings = JsonSerializer.SerializeToNode(run.Settings, Snake)!.AsObject();
        settings.Remove("configuration_yaml"); // whose text may say less, and reads back to the same
        return $"{@case.Name}: {SpecificationDocument.Hash(run.Specification)} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(settings.ToJsonString())))[..16]}";
    }
}
