using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Output;
using MMOrleans.Learning.Checkpoints;
using MMOrleans.Learning.Metrics;
using MMOrleans.Learning.RunFolders;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm eval RUN|DIR|FILE</c></summary>
internal sealed class EvalCommand : Command
{
    private readonly Argument<string> _what = new("RUN|DIR|FILE")
    {
        Description = "A run, a checkpoint's folder, or a file in one.",
    };

    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "With a run: which checkpoint, such as epoch-42; the newest intact one.",
        HelpName = "CHECKPOINT",
    };

    private readonly Option<string?> _data = new("--data-dir")
    {
        Description = "Where the images are; where they were in training.",
        HelpName = "DIR",
    };

    private readonly Option<string> _device = new Option<string>("--device")
    {
        Description = "Kind of device.",
        HelpName = "auto|cpu|cuda",
        DefaultValueFactory = _ => "auto",
    }.AcceptOnlyFromAmong("auto", "cpu", "cuda");

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) => new EvalCommand(context);

    private EvalCommand(CommandContext context)
        : base("eval", "Evaluate a checkpoint on the test images.")
    {
        Add(_what);
        Add(_checkpoint);
        Add(_data);
        Add(_device);
        Add(_output);
        SetAction(
            async (input, cancellationToken) =>
            {
                var invocation = Invocation.From(input, context);
                var (entry, folder) = Find(
                    invocation,
                    input.GetRequiredValue(_what),
                    input.GetValue(_checkpoint),
                    input.GetValue(_output)
                );
                entry.Verify();
                var data =
                    input.GetValue(_data)
                    ?? (
                        folder is not null
                            ? SettingsOf.Text(RunRecord.Read(folder.Record), "data_path")
                            : context.Environment["MM_DATA_DIR"]
                    );
                var manifest = entry.Manifest!;
                var specification = SpecificationDocument.Read(manifest.Specification.GetRawText());
                var bins = folder is null
                    ? null
                    : SettingsOf.Number(RunRecord.Read(folder.Record), "calibration_bins");
                var evaluating = Task.Run(
                    () =>
                        LocalConnection.Evaluate(
                            specification,
                            entry.Path,
                            data is null ? null : Path.Combine(context.WorkingFolder, data),
                            input.GetValue(_device) ?? "auto",
                            bins,
                            cancellationToken: cancellationToken
                        ),
                    cancellationToken
                );
                if (
                    !invocation.Quiet
                    && !invocation.Json
                    && await Task.WhenAny(
                        evaluating,
                        Task.Delay(TimeSpan.FromSeconds(3), context.Clock, CancellationToken.None)
                    ) != evaluating
                )
                {
                    invocation.Terminal.Say(new Line().Add("classifying the test images …", "grey"));
                }

                Report(invocation, entry, folder, specification, await evaluating);
                return ExitCode.Success;
            }
        );
    }

    private static (CheckpointEntry Entry, RunFolder? Folder) Find(
        Invocation invocation,
        string what,
        string? checkpoint,
        string? output
    )
    {
        var path = Path.Combine(invocation.WorkingFolder, what);
        var directory =
            Directory.Exists(path) ? path
            : File.Exists(path) ? Path.GetDirectoryName(path)!
            : null;
        if (directory is not null && File.Exists(Path.Combine(directory, "checkpoint.json")))
        {
            return (new(directory.TrimEnd(Path.DirectorySeparatorChar)), null);
        }

        if (directory is not null && !RunId.IsId(Path.GetFileName(directory)))
        {
            throw new MmError(
                "MM5001",
                $"{what} is no checkpoint: it holds no checkpoint.json",
                "name a run, or a folder such as runs/r-7f3k9q/checkpoints/epoch-0012"
            );
        }

        var folder = directory is not null
            ? new RunFolder(Path.GetDirectoryName(directory)!, Path.GetFileName(directory))
            : invocation.Runs(output).Resolve(what);
        var store = new CheckpointStore(folder.Checkpoints);
        if (checkpoint is not null)
        {
            return (store.FindIntact(checkpoint), folder);
        }

        var newest =
            store.NewestIntact(out var damaged)
            ?? throw new MmError(
                damaged.Count > 0 ? "MM5001" : "MM1007",
                damaged.Count > 0
                    ? $"every checkpoint of {folder.RunId} is damaged; {damaged[0].Name}: {damaged[0].Damage()}"
                    : $"{folder.RunId} has no checkpoint yet",
                $"mm checkpoints list {folder.RunId}"
            );
        foreach (var entry in damaged)
        {
            invocation.Terminal.Say(
                new Line().Add($"{entry.Name} is damaged and passed over: {entry.Damage()}", "yellow")
            );
        }

        return (newest, folder);
    }

    private static void Report(
        Invocation invocation,
        CheckpointEntry entry,
        RunFolder? folder,
        RunSpecification specification,
        Evaluation evaluation
    )
    {
        var manifest = entry.Manifest!;
        var stored = folder is not null ? RunRecord.Read(folder.Record) : null;
        var groups = Learning.Imbalance.ShotGroups.Parse(
            (stored is null ? null : SettingsOf.Text(stored, "groups")) ?? "auto",
            manifest.ClassCounts
        );
        IReadOnlyList<int> all = [.. Enumerable.Range(0, evaluation.Classes)];
        // The same shape as a run's record, so that the same lines and keys describe it.
        var record = new RunRecord
        {
            Id = manifest.Run,
            Name = entry.Name,
            Status = RunStatusName.Finished,
            Specification = manifest.Specification,
            SpecificationSha256 = manifest.SpecificationSha256,
            Created = manifest.Written,
            ClassCounts = manifest.ClassCounts,
            ClassNames = stored?.ClassNames ?? [],
            ClassAccuracy = evaluation.PerClass,
            Confusion = evaluation.Confusion,
            Settings = stored?.Settings,
            Last = new()
            {
                Epoch = manifest.Epoch,
                Round = manifest.Round,
                Phase = "",
                LearningRate = 0,
                TrainLoss = 0,
                TrainAccuracy = 0,
                TestLoss = evaluation.Loss,
                Accuracy = evaluation.Accuracy,
                Top5 = evaluation.Top5,
                Many = evaluation.Mean(groups.Many),
                Medium = evaluation.Mean(groups.Medium),
                Few = evaluation.Mean(groups.Few),
                BalancedAccuracy = evaluation.BalancedAccuracy,
                MacroF1 = evaluation.MacroF1,
                GeometricMean = evaluation.GeometricMean,
                Ece = evaluation.CalibrationOf(all)?.Error,
                EceMany = evaluation.CalibrationOf(groups.Many)?.Error,
                EceMedium = evaluation.CalibrationOf(groups.Medium)?.Error,
                EceFew = evaluation.CalibrationOf(groups.Few)?.Error,
                Nll = evaluation.NegativeLogLikelihood,
                MarginMedian = evaluation.MarginsOf(all)?.Median,
                MarginMedianMany = evaluation.MarginsOf(groups.Many)?.Median,
                MarginMedianMedium = evaluation.MarginsOf(groups.Medium)?.Median,
                MarginMedianFew = evaluation.MarginsOf(groups.Few)?.Median,
            },
        };
        invocation.Answer(
            () => Document(entry, record, evaluation),
            () => Lines(invocation, entry, record, specification)
        );
    }

    private static JsonObject Document(CheckpointEntry entry, RunRecord record, Evaluation evaluation)
    {
        var document = RunJson.Of("evaluation");
        document["run"] = record.Id;
        document["checkpoint"] = entry.Name;
        document["state_sha256"] = entry.Manifest!.StateSha256;
        document["images"] = evaluation.Images;
        document["metrics"] = RunDocument.Metrics(record);
        document["classes"] = RunDocument.Classes(record);
        document["confusion"] = new JsonArray([.. evaluation.Confusion.Select(count => (JsonNode)count)]);
        return document;
    }

    private static IEnumerable<Line> Lines(
        Invocation invocation,
        CheckpointEntry entry,
        RunRecord record,
        RunSpecification specification
    )
    {
        yield return RunSummary.Labelled("checkpoint").Add($"{entry.Name} of {record.Id}", "bold cyan");
        yield return RunSummary.Labelled("what").Add(RunTitle.Of(specification, invocation.Terminal.Glyphs));
        foreach (var (name, value) in RunDocument.MetricsOf(record).Where(metric => metric.Value is not null))
        {
            yield return RunSummary
                .Labelled("")
                .Add(
                    name == "test_loss"
                        ? $"test loss ({specification.Method.Loss}, its own)"
                        : name.Replace('_', ' '),
                    "grey"
                )
                .To(36)
                .Add(RunDocument.IsShare(name) ? Figures.Points(value) : Figures.Value(value!.Value), "bold");
        }

        yield return new Line();
        foreach (var line in ClassErrors.Lines(record, invocation.Terminal.Glyphs))
        {
            yield return line;
        }
    }
}
