using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm eval RUN|DIR|FILE</c></summary>
internal sealed class EvalCommand : Command
{
    private readonly Argument<string> _what = new("RUN|DIR|FILE")
    {
        Description =
            $"A run, a checkpoint's folder, an exported model ({ModelFormat.ReadableEndings}) or its folder.",
    };

    private readonly Option<string?> _checkpoint = RunArguments.Checkpoint();

    private readonly Option<string?> _like = RunArguments.Like();

    private readonly Option<string?> _data = new("--data-dir")
    {
        Description = "Where the images are; where they were in training.",
        HelpName = "DIR",
    };

    private readonly Option<string> _device = RunArguments.Device();

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) => new EvalCommand(context);

    private EvalCommand(CommandContext context)
        : base("eval", "Evaluate a checkpoint or an exported model on the test images.")
    {
        Add(_what);
        Add(_checkpoint);
        Add(_like);
        Add(_data);
        Add(_device);
        Add(_output);
        SetAction(
            async (input, cancellationToken) =>
            {
                var invocation = Invocation.From(input, context);
                var (model, folder) = ModelChoice.Open(
                    invocation,
                    input.GetRequiredValue(_what),
                    input.GetValue(_checkpoint),
                    input.GetValue(_output),
                    input.GetValue(_like)
                );
                var data =
                    input.GetValue(_data)
                    ?? (
                        folder is not null
                            ? RunRecord.Read(folder.Record).Settings?.DataPath
                            : context.Environment["MM_DATA_DIR"]
                    );
                var evaluating = Task.Run(
                    () =>
                        LocalConnection.Evaluate(
                            model,
                            data is null ? null : Path.Combine(context.WorkingFolder, data),
                            input.GetValue(_device) ?? "auto",
                            cancellationToken
                        ),
                    cancellationToken
                );
                Report(
                    invocation,
                    model.Card,
                    await invocation.SayingAsync(evaluating, "classifying the test images")
                );
                return ExitCode.Success;
            }
        );
    }

    private static void Report(Invocation invocation, ModelCard card, Evaluation evaluation)
    {
        var groups = ShotGroups.Parse(card.Groups, card.ClassCounts);
        var last = new EpochResult
        {
            Epoch = card.Epoch,
            Round = card.Round,
            Phase = "",
            LearningRate = 0,
            TrainLoss = 0,
            TrainAccuracy = 0,
        }.With(evaluation, groups);
        // The same shape as a run's record, so that the same lines and keys describe it.
        var record = new RunRecord
        {
            Id = card.Run,
            Name = card.Checkpoint,
            Status = RunStatus.Finished,
            Specification = card.Specification,
            SpecificationSha256 = card.SpecificationSha256,
            Created = card.Written,
            ClassCounts = card.ClassCounts,
            ClassNames = card.Classes,
            ClassAccuracy = last.Counts!.ClassAccuracy,
            Confusion = evaluation.Confusion,
            Settings = new RunSettings { Name = card.Checkpoint, Groups = card.Groups },
            Last = last,
        };
        invocation.Answer(
            () => Document(card, record, evaluation),
            () => Lines(invocation, record, card.ReadSpecification())
        );
    }

    private static JsonObject Document(ModelCard card, RunRecord record, Evaluation evaluation)
    {
        var document = RunJson.Of("evaluation");
        document["run"] = card.Run;
        document["checkpoint"] = card.Checkpoint;
        document["state_sha256"] = card.StateSha256;
        document["images"] = evaluation.Images;
        document["metrics"] = RunDocument.Metrics(record);
        document["classes"] = RunDocument.Classes(record);
        document["confusion"] = new JsonArray([.. evaluation.Confusion.Select(count => (JsonNode)count)]);
        return document;
    }

    private static IEnumerable<Line> Lines(
        Invocation invocation,
        RunRecord record,
        RunSpecification specification
    )
    {
        yield return RunSummary.Labelled("checkpoint").Add($"{record.Name} of {record.Id}", "bold cyan");
        yield return RunSummary.Labelled("what").Add(RunTitle.Of(specification, invocation.Terminal.Glyphs));
        foreach (var (metric, value) in RunDocument.MetricsOf(record).Where(m => m.Value is not null))
        {
            yield return RunSummary
                .Labelled("")
                .Add(
                    metric.ComparableWithin == ComparableWithin.OneLoss
                        ? $"test loss ({specification.Method.Loss}, its own)"
                        : metric.Shown.Replace('_', ' '),
                    "grey"
                )
                .To(36)
                .Add(
                    metric.Kind == MetricKind.Share ? Figures.Points(value) : Figures.Value(value!.Value),
                    "bold"
                );
        }

        yield return new Line();
        foreach (var line in ClassErrors.Lines(record, invocation.Terminal.Glyphs))
        {
            yield return line;
        }
    }
}
