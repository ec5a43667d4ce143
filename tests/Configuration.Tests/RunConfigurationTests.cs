using CsCheck;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Tests;

public sealed class RunConfigurationTests
{
    private static ResolvedRun Resolve(
        string yaml = "",
        string[]? sets = null,
        Dictionary<string, string>? environment = null,
        params (string, string, string)[] flags
    ) =>
        RunConfiguration.Resolve(
            new()
            {
                FileName = "run.yaml",
                FileText = yaml,
                Sets = sets ?? [],
                Environment = new(environment ?? []),
                Flags = flags,
                WorkingFolder = Path.GetTempPath(),
            }
        );

    private static FaultException Refused(string yaml, params string[] sets) =>
        Assert.Throws<FaultException>(() => Resolve(yaml, sets));

    [Theory]
    [InlineData("accuracy", "auto", true)]
    [InlineData("test_loss", "auto", false)]
    [InlineData("test_loss", "max", true)]
    [InlineData("few", "min", false)]
    public void TheBestCheckpointIsTheLowestOfALossUnlessTheModeSaysOtherwise(
        string metric,
        string mode,
        bool greatest
    )
    {
        var policy = Resolve(
            sets: [$"checkpoint.keep_best.metric={metric}", $"checkpoint.keep_best.mode={mode}"]
        ).Settings.Checkpoints;

        Assert.Equal((metric, greatest), (policy.BestMetric, policy.BestIsGreatest));
    }

    [Fact]
    public void NothingSaidIsTheTinyPreset()
    {
        var run = Resolve();

        Assert.Equal("tiny", run.Settings.Name);
        Assert.Equal("synthetic", run.Specification.Dataset.Name);
        Assert.Equal("resnet8", run.Specification.Model.Architecture);
        Assert.Equal(64, run.Specification.Method.DeferEpoch);
    }

    [Theory]
    [InlineData("focal")]
    [InlineData("cb-focal")]
    public void FocalLossTakesThePublishedHalf(string method) =>
        Assert.Equal(
            0.5,
            Resolve(sets: [$"method.name={method}", "method.focusing=0.5"]).Specification.Method.Focusing
        );

    [Fact]
    public void TheNumbersOfTheLambdaScheduleAreInTheSpecificationWhereTheyAreNotTheAuthors()
    {
        var usual = Resolve(sets: ["method.name=l-softmax"]).Specification.Method;
        var own = Resolve(
            sets:
            [
                "method.name=l-softmax",
                "method.angular_lambda_start=5",
                "method.angular_lambda_gamma=0.1",
                "method.angular_lambda_power=2",
            ]
        ).Specification.Method;

        Assert.Equal(["angular_margin", "angular_lambda_min"], usual.Parameters!.Keys);
        Assert.Equal([4, 0, 5, 0.1, 2], own.Parameters!.Values);
    }

    [Fact]
    public void ThePublishedPresetHasThePapersValues()
    {
        var spec = Resolve("preset: cifar10-lt-100").Specification;

        Assert.Equal(
            ("mm-drw", "mm", Reweighting.Deferred),
            (spec.Method.Name, spec.Method.Loss, spec.Method.Reweight)
        );
        Assert.Equal((30, 0.6, 1.5), (spec.Method.Scale, spec.Method.DeltaMinus, spec.Method.DeltaRatio));
        Assert.Equal((200, 128, 160), (spec.Epochs, spec.BatchSize, spec.Method.DeferEpoch));
        Assert.Equal([160, 180], spec.Schedule.Milestones);
        Assert.Equal(("exp", 100), (spec.Imbalance.Kind, spec.Imbalance.Ratio));
        Assert.Equal(
            (0.1, 0.9, 2e-4),
            (spec.Optimiser.LearningRate, spec.Optimiser.Momentum, spec.Optimiser.WeightDecay)
        );
        Assert.Equal(("resnet32", "normalised"), (spec.Model.Architecture, spec.Model.Head));
        Assert.Equal((4, 1), (spec.Slots, spec.LocalSteps));
    }

    [Theory]
    [InlineData("cifar10-step-100", 0.6, 1.3, 30)]
    [InlineData("cifar10-lt-10", 0.7, 1.2, 30)]
    [InlineData("cifar10-step-10", 2.1, 1.0, 30)]
    [InlineData("cifar100-lt-100", 1.2, 1.3, 19)]
    [InlineData("cifar100-step-100", 1.8, 1.8, 19)]
    [InlineData("cifar100-lt-10", 1.5, 1.4, 19)]
    [InlineData("cifar100-step-10", 2.4, 1.1, 19)]
    [InlineData("cifar100-lt-100-official", 1.29, 1.528, 19)]
    public void EveryPresetHasItsMargins(string preset, double minus, double ratio, double scale)
    {
        var method = Resolve($"preset: {preset}").Specification.Method;

        Assert.Equal((minus, ratio, scale), (method.DeltaMinus, method.DeltaRatio, method.Scale));
    }

    [Fact]
    public void AMethodFromAStrongerSourceReplacesThePiecesOfTheFiles()
    {
        var run = Resolve(
            "method: {name: mm-drw, loss: mm, scale: 12, delta_minus: 0.4}",
            flags: ("--method", "method.name", "erm")
        );

        Assert.Equal(
            ("ce", Reweighting.None, "plain"),
            (run.Specification.Method.Loss, run.Specification.Method.Reweight, run.Specification.Model.Head)
        );
        Assert.Equal(1, run.Specification.Method.Scale);
    }

    [Fact]
    public void StrongerSourcesWinAndEachValueKnowsWhereItCameFrom()
    {
        var environment = new Dictionary<string, string>
        {
            ["MM_SET__TRAIN__EPOCHS"] = "30",
            ["MM_SET__SEED"] = "5",
        };
        var run = Resolve(
            "train:\n  epochs: 10\n  batch_size: 32\nseed: 4",
            ["train.epochs=40"],
            environment,
            ("--epochs", "train.epochs", "50")
        );

        var origins = run.Origins.ToDictionary(line => line.Key, line => (line.Value, line.Origin));
        Assert.Equal(("50", "--epochs"), origins["train.epochs"]);
        Assert.Equal(("5", "MM_SET__SEED"), origins["seed"]);
        Assert.Equal(("32", "run.yaml:3:15"), origins["train.batch_size"]);
        Assert.Equal(("resnet8", "preset tiny"), origins["model.arch"]);
        Assert.Equal(("0.9", "built in"), origins["optimiser.momentum"]);
        Assert.Equal(("deferred", "method mm-drw"), origins["method.reweight"]);
        Assert.Equal(
            40,
            Resolve("train: {epochs: 10}", ["train.epochs=40"], environment).Specification.Epochs
        );
        Assert.Equal(30, Resolve("train: {epochs: 10}", [], environment).Specification.Epochs);
    }

    [Fact]
    public void AllProblemsOfAFileAreListedInOneGo()
    {
        var error = Refused(
            """
            optimizer: {lr: 0.1}
            train:
              epochs: many
              batch_size: 0
            method: {name: mm-drv}
            dataset: {name: cifar10, loaders: 4}
            """
        );

        Assert.Equal(
            ["MM1003", "MM1002", "MM1004", "MM1007", "MM1003"],
            error.Faults.Select(problem => problem.Code)
        );
        Assert.Equal(
            "run.yaml:1:1: unknown key 'optimizer' (did you mean 'optimiser'?)",
            error.Faults[0].Message
        );
        Assert.Equal("run.yaml:3:11: train.epochs wants a whole number, got 'many'", error.Faults[1].Message);
        Assert.Contains("did you mean 'mm-drw'?", error.Faults[3].Message);
    }

    [Theory]
    [InlineData("train: {epochs: 010}", "MM1002", "train.epochs: 10")]
    [InlineData("train: {epochs: 1_000}", "MM1002", "train.epochs: 1000")]
    [InlineData("train: {epochs: \"10\"}", "MM1002", "train.epochs: 10")]
    [InlineData("train: {epochs: 10.0}", "MM1002", "train.epochs: 10")]
    [InlineData("strict: off", "MM1002", "strict: false")]
    [InlineData("strict: yes", "MM1002", "strict: true")]
    [InlineData("optimiser: {lr: .inf}", "MM1002", "optimiser.lr: 0.1")]
    [InlineData("train: {epochs: 0x10}", "MM1002", "train.epochs: 200")]
    [InlineData("imbalance: {ratio: 0.01}", "MM1004", "write imbalance.ratio: 100")]
    [InlineData("imbalance: {imb_factor: 0.01}", "MM1003", "--ratio 100")]
    [InlineData("train: {precision: bf16}", "MM1003", "leave train.precision out")]
    [InlineData("train: {micro_batch: 64}", "MM1003", "--slots")]
    [InlineData("dataset: {name: parquet}", "MM1005", "--data-dir")]
    [InlineData("eval: {early_stop: {metric: loss, patience: 20}}", "MM1003", "--max-time")]
    [InlineData("pretraining: {epochs: 3}", "MM1005", "pretraining.kind=rotation")]
    [InlineData("method: {name: over-sampling}\npretraining: {kind: rotation}", "MM1005", "keeps the length")]
    [InlineData("method: {name: crt}", "MM1005", "mm finetune RUN --method crt")]
    [InlineData("model: {trains: classifier}", "MM1005", "model.init_from=RUN")]
    [InlineData("classifier: {tau: 0.5}", "MM1005", "drop classifier.tau")]
    [InlineData("model: {head: ncm-un-l2}", "MM1005", "model.head=auto")]
    [InlineData("method: {loss: huber}", "MM1007", "hinge")]
    [InlineData("method: {sampler: deferred-over}", "MM1007", "deferred-balanced")]
    [InlineData("method: {name: ldam, angular_margin: 2}", "MM1005", "drop method.angular_margin")]
    [InlineData("method: {name: l-softmax, angular_margin: 5}", "MM1004", "4")]
    [InlineData("method: {name: l-softmax}\nmodel: {head: plain}", "MM1005", "model.head=unbiased")]
    [InlineData("method: {name: lade}\ndistribution: {slots: 4}", "MM1005", "--slots 1")]
    [InlineData("method: {name: mm, mm_variant: official}\ndistribution: {slots: 4}", "MM1005", "--slots 1")]
    [InlineData("model: {arch: vgg}", "MM1007", "resnet32")]
    [InlineData("preset: cifar10-lt", "MM1007", "cifar10-lt-10")]
    [InlineData("imbalance: {kind: none, ratio: 100}", "MM1005", "drop imbalance.ratio")]
    [InlineData("imbalance: {kind: counts}", "MM1005", "imbalance.counts")]
    [InlineData("method: {name: erm, delta_minus: 0.6}", "MM1005", "drop method.delta_minus")]
    [InlineData("method: {name: mm, defer_epoch: 3}", "MM1005", "method.reweight=deferred")]
    [InlineData("train: {epochs: 100}\nmethod: {defer_epoch: 160}", "MM1008", "method.defer_epoch=auto")]
    [InlineData("train: {epochs: 100}\nschedule: {milestones: [160, 180]}", "MM1005", "milestones=auto")]
    [InlineData("train:\n\tepochs: 3", "MM1006", "epochs: 3")]
    [InlineData("seed: 1\nseed: 2", "MM1006", "remove line 2")]
    [InlineData("train: {epochs: 3", "MM1006", "correct that place")]
    [InlineData("seed: &a 1", "MM1006", "write the value itself")]
    [InlineData("method: {name: meta-weight-net}\ndistribution: {slots: 2}", "MM1005", "--slots 1")]
    [InlineData(
        "method: {name: meta-weight-net}\nimbalance: {held_out: 0}",
        "MM1005",
        "imbalance.held_out=10"
    )]
    [InlineData("method: {name: bbn, companion: none}", "MM1005", "method.companion=auto")]
    [InlineData("method: {name: erm, meta_lr: 0.1}", "MM1005", "drop method.meta_lr")]
    [InlineData("method: {name: erm, companion: reversed}", "MM1005", "method.companion=none")]
    [InlineData("method: {name: bbn, sampler: over}", "MM1005", "method.sampler=uniform")]
    [InlineData("token: abc", "MM1010", "MM_TOKEN")]
    [InlineData("distribution: {trainers: {min: 3, max: 2}}", "MM1004", "{min: 2, max: 3}")]
    [InlineData("distribution: {wait: 60}", "MM1002", "60s")]
    [InlineData("train: 5", "MM1002", "train: {epochs")]
    public void BadInputIsRefusedWithCodeAndFix(string yaml, string code, string fix)
    {
        var error = Refused(yaml);

        Assert.Equal(code, error.Faults[0].Code);
        Assert.Contains(fix, error.Faults[0].Fix);
        Assert.Contains(
            "run.yaml",
            code is "MM1005" && yaml.Contains("kind: counts") ? "run.yaml" : error.Faults[0].Message
        );
    }

    public static TheoryData<string> Methods { get; } =
    [.. MethodCatalogue.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void EveryMethodIsMadeOfThingsThatExist(string name)
    {
        var run = Resolve(sets: [$"method.name={name}"]).Specification;

        Assert.Equal(name, run.Method.Name);
        Assert.NotNull(LossCatalogue.Find(run.Method.Loss));
        Assert.Contains(run.Method.Sampler, Samplers.Names);
        Assert.Contains(run.Model.Head, Heads.Names);
        Assert.Equal(name is "lade" or "meta-weight-net" ? 1 : 4, run.Slots);
        Assert.Equal(
            run.Method.Reweight == Reweighting.Deferred || Samplers.IsDeferred(run.Method.Sampler),
            run.Method.DeferEpoch < run.Epochs
        );
    }

    [Fact]
    public void PublishedTrainingOfAMethodIsWeakerThanAPresetAndThanWhatIsSaid()
    {
        var bare = Resolve("dataset: {name: cifar10}", sets: ["method.name=meta-weight-net"]).Specification;
        var tiny = Resolve(sets: ["method.name=meta-weight-net", "imbalance.held_out=5"]).Specification;
        var bbn = Resolve("dataset: {name: cifar10}", sets: ["method.name=bbn"]).Specification;

        Assert.Equal((100, 100, 10), (bare.Epochs, bare.BatchSize, bare.Imbalance.HeldOut));
        Assert.Equal([79, 89], bare.Schedule.Milestones);
        Assert.Equal((80, 64, 5), (tiny.Epochs, tiny.BatchSize, tiny.Imbalance.HeldOut));
        Assert.Equal([120, 160], bbn.Schedule.Milestones);
        Assert.Equal(
            (true, true, 1 / 3.0),
            (bbn.DropLast, bbn.Optimiser.Nesterov, bbn.Schedule.WarmupFactor)
        );
    }

    [Fact]
    public void PretrainingIsAStageOfItsOwnWithTheScheduleOfItsOwnEpochs()
    {
        var published = Resolve("preset: cifar10-lt-100\nmethod: {name: ldam-drw-ssp}");
        var scaled = Resolve(sets: ["method.name=ldam-drw-ssp", "train.epochs=20", "pretraining.epochs=10"]);

        Assert.Equal(
            ("rotation", 200),
            (published.Specification.Pretraining!.Kind, published.Specification.Pretraining.Epochs)
        );
        Assert.Equal([160, 180], published.Specification.Pretraining.Schedule.Milestones);
        Assert.Equal(
            (200, 400, 160),
            (
                published.Specification.Epochs,
                published.Specification.TotalEpochs,
                published.Specification.Method.DeferEpoch
            )
        );
        Assert.Equal(360, published.Settings.Checkpoints.KeepEpoch);
        Assert.Equal([8, 9], scaled.Specification.Pretraining!.Schedule.Milestones);
        Assert.Equal((30, 16), (scaled.Specification.TotalEpochs, scaled.Specification.Method.DeferEpoch));
        Assert.Null(Resolve(sets: ["method.name=ldam-drw"]).Specification.Pretraining);
        Assert.Equal(
            SpecificationDocument.Write(
                published.Specification with
                {
                    Pretraining = null,
                    Method = published.Specification.Method with { Name = "ldam-drw" },
                }
            ),
            SpecificationDocument.Write(
                Resolve("preset: cifar10-lt-100\nmethod: {name: ldam-drw}").Specification
            )
        );
    }

    [Fact]
    public void SpecificationOfAUsualMethodSaysNothingOfObjectives()
    {
        var json = SpecificationDocument.Write(Resolve().Specification);

        foreach (
            var key in (string[])
                [
                    "objective",
                    "companion",
                    "meta_input",
                    "drop_last",
                    "warmup_factor",
                    "held_out",
                    "\"padding\"",
                ]
        )
            Assert.DoesNotContain(key, json);
    }

    [Fact]
    public void WeightsToBeginWithAreFoundOnceAndReadBackWithoutLooking()
    {
        var sha256 = new string('a', 64);
        var run = RunConfiguration.Resolve(
            new()
            {
                Sets = ["method.name=crt", "model.init_from=latest"],
                WorkingFolder = null,
                FindWeights = (runs, place) =>
                    ($"r-000000@epoch-0002", $"{runs}{place}" == "./runslatest" ? sha256 : ""),
            }
        );
        var again = RunConfiguration.ReadBack(run.Settings.ConfigurationYaml, EnvironmentSnapshot.Empty);

        Assert.Equal(
            (sha256, true),
            (run.Specification.Model.InitFrom!.Sha256, run.Specification.Model.InitFrom.FreshClassifier)
        );
        Assert.Equal(
            ("classifier", "r-000000@epoch-0002"),
            (run.Specification.Model.Trains, run.Settings.InitFrom)
        );
        Assert.Equal(
            SpecificationDocument.Write(run.Specification),
            SpecificationDocument.Write(again.Specification)
        );
        Assert.Equal(run.Settings.InitFrom, again.Settings.InitFrom);
    }

    [Fact]
    public void NumbersOfALossAreKeysAndPartOfTheSpecificationOfThatLossOnly()
    {
        var own = Resolve(sets: ["method.name=vs", "method.vs_gamma=0.3"]).Specification.Method;

        Assert.Equal(0.3, own.Parameters!["vs_gamma"]);
        Assert.Null(Resolve(sets: ["method.name=erm"]).Specification.Method.Parameters);
    }

    [Fact]
    public void SplitsAndColumnsOfOnesOwnImagesArePartOfTheResultOnlyWhereTheyAreNamed()
    {
        string[] own = ["preset=own-images", "dataset.path=images"];
        var usual = Resolve(sets: own).Specification;
        var said = Resolve(sets: [.. own, "dataset.split.train=train", "dataset.columns.label=null"]);
        var named = Resolve(sets: [.. own, "dataset.split.test=val", "dataset.columns.image=picture"]);

        Assert.Equal(SpecificationDocument.Hash(usual), SpecificationDocument.Hash(said.Specification));
        Assert.DoesNotContain("split", SpecificationDocument.Write(usual), StringComparison.Ordinal);
        Assert.Equal(
            ("val", "picture", null, null),
            (
                named.Specification.Dataset.TestSplit,
                named.Specification.Dataset.ImageColumn,
                named.Specification.Dataset.TrainSplit,
                named.Specification.Dataset.LabelColumn
            )
        );
    }

    [Theory]
    [InlineData("MM1005", "preset=own-images", "dataset.path=images", "dataset.split.test=train")]
    [InlineData("MM1005", "dataset.name=cifar10", "dataset.split.test=val")]
    [InlineData("MM1005", "dataset.name=synthetic", "dataset.columns.label=fine_label")]
    [InlineData("MM1004", "preset=own-images", "dataset.path=images", "dataset.split.test=../other")]
    public void SplitsAndColumnsThatCannotBeAreRefused(string code, params string[] sets) =>
        Assert.Equal(code, Assert.Throws<FaultException>(() => Resolve(sets: sets)).Code);

    [Fact]
    public void WhatIsResolvedReadsBackToTheSameSpecification()
    {
        string[] methods = [.. MethodCatalogue.All.Select(method => method.Name)];
        var generator =
            from preset in Gen.OneOf<string>([.. Presets.Names])
            from method in Gen.OneOf<string>(methods)
            from epochs in Gen.Int[1, 300]
            from seed in Gen.Long[0, long.MaxValue]
            from kind in Gen.OneOf<string>("exp", "step", "none")
            from lr in Gen.Double[1e-6, 10]
            from slots in Gen.Int[1, 64]
            from every in Gen.OneOf<string>("2 epochs", "500 rounds", "10 min")
            from normalise in Gen.OneOf<string>("none", "{mean: [0.1, 0.2, 0.3], std: [1.5, 2, 3]}")
            from trainers in Gen.OneOf<string>("auto", "2", "{min: 2, max: 8}")
            from groups in Gen.OneOf<string>("auto", "thirds", "{many: 50, few: 5}")
            from side in Gen.Int[1, 1024]
            select new[]
            {
                $"preset={preset}",
                preset == Presets.OwnImages ? "dataset.path=images" : "dataset.path=null",
                preset == Presets.OwnImages ? $"dataset.image_size={side}" : "dataset.image_size=null",
                preset == Presets.OwnImages ? "dataset.on_bad_image=skip" : "dataset.on_bad_image=fail",
                preset == Presets.OwnImages ? "dataset.split.test=validation" : "dataset.split.test=test",
                preset == Presets.OwnImages
                    ? "dataset.columns.label=fine_label"
                    : "dataset.columns.label=null",
                $"method.name={method}",
                $"train.epochs={epochs}",
                $"seed={seed}",
                $"imbalance.kind={kind}",
                FormattableString.Invariant($"optimiser.lr={lr:0.0#################}"),
                $"distribution.slots={(method is "lade" or "meta-weight-net" ? 1 : slots)}",
                $"checkpoint.every={every}",
                $"dataset.normalise={normalise}",
                $"distribution.trainers={trainers}",
                $"eval.groups={groups}",
            };

        generator.Sample(
            sets =>
            {
                var run = Resolve(sets: sets);
                var again = RunConfiguration.ReadBack(
                    run.Settings.ConfigurationYaml,
                    EnvironmentSnapshot.Empty
                );
                Assert.Equal(
                    SpecificationDocument.Write(run.Specification),
                    SpecificationDocument.Write(again.Specification)
                );
                Assert.Equal(Values(run), Values(again));
                Assert.Equal(run.Settings.Checkpoints, again.Settings.Checkpoints);
            },
            iter: 300
        );
    }

    /// <summary>What was written, without who said it.</summary>
    private static string Values(ResolvedRun run) =>
        string.Join(
            '\n',
            run.Settings.ConfigurationYaml.Split('\n').Select(ConfigurationWriter.WithoutOrigin)
        );

    [Fact]
    public void WhatARunKeepsOfItsConfigurationSaysWhereEachValueCameFrom()
    {
        var yaml = Resolve(
            "train:\n  batch_size: 32",
            null,
            null,
            ("--epochs", "train.epochs", "50")
        ).Settings.ConfigurationYaml;

        var lines = yaml.Split('\n');
        Assert.Contains("  epochs: 50                                 # from --epochs", lines);
        Assert.Contains("  batch_size: 32                             # from run.yaml:2:15", lines);
        Assert.All(
            lines.Where(line => line.Contains(": ", StringComparison.Ordinal)),
            line => Assert.Contains(" # from ", line, StringComparison.Ordinal)
        );
        Assert.Equal(
            "  epochs: 50",
            ConfigurationWriter.WithoutOrigin("  epochs: 50         # from --epochs")
        );
        Assert.Equal("train:", ConfigurationWriter.WithoutOrigin("train:"));
    }

    [Fact]
    public void BinsOfConfidenceAreASettingAndNotPartOfWhatDeterminesTheNumbers()
    {
        var (usual, ten) = (Resolve(), Resolve(sets: ["eval.calibration_bins=10"]));

        Assert.Equal((15, 10), (usual.Settings.CalibrationBins, ten.Settings.CalibrationBins));
        Assert.Equal(
            SpecificationDocument.Write(usual.Specification),
            SpecificationDocument.Write(ten.Specification)
        );
    }

    [Fact]
    public void TheNamedCifarSetChoosesItsPreset() =>
        Assert.Equal("cifar100-lt-100", Resolve("dataset: {name: cifar100}").Preset);
}
