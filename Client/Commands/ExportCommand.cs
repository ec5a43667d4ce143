using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm export RUN</c></summary>
internal sealed class ExportCommand : Command
{
    private readonly Argument<string> _run = RunArguments.Run();

    private readonly Option<string> _format = new Option<string>("--format")
    {
        Description = "Kind of file.",
        HelpName = string.Join('|', ModelFormat.All.Select(format => format.Name)),
        Required = true,
    }.AcceptOnlyFromAmong([.. ModelFormat.All.Select(format => format.Name)]);

    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Which checkpoint, such as epoch-42; the newest intact one.",
        HelpName = "CHECKPOINT",
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Folder or file to write; the folder 'export' of the run.",
        HelpName = "DIR|FILE",
    };

    private readonly Option<string?> _runs = RunArguments.Folder();

    public static Command Create(CommandContext context) => new ExportCommand(context);

    private ExportCommand(CommandContext context)
        : base("export", "Write a model as a file that other programs load, with model.json beside it.")
    {
        Add(_run);
        Add(_format);
        Add(_checkpoint);
        Add(_output);
        Add(_runs);
        SetAction(input =>
        {
            var invocation = Invocation.From(input, context);
            var format = ModelFormat.All.Single(f => f.Name == input.GetRequiredValue(_format));
            var (model, folder) = ModelChoice.Open(
                invocation,
                input.GetRequiredValue(_run),
                input.GetValue(_checkpoint),
                input.GetValue(_runs)
            );
            var path = PathOf(invocation, input.GetValue(_output), folder, format);
            Report(invocation, path, ModelFile.Write(path, format, model));
            return ExitCode.Success;
        });
    }

    private static string PathOf(Invocation invocation, string? output, RunFolder? folder, ModelFormat format)
    {
        var name = $"model{format.Extensions[0]}";
        if (output is null)
        {
            return Path.Combine(folder?.Export ?? invocation.WorkingFolder, name);
        }

        var path = Path.GetFullPath(Path.Combine(invocation.WorkingFolder, output));
        return ModelFormat.OfFile(path) switch
        {
            _ when Directory.Exists(path) => Path.Combine(path, name),
            null => Path.Combine(path, name),
            var said when said == format => path,
            var said => throw new FaultException(
                "MM1005",
                $"--output {output} contradicts --format {format.Name}: the name is that of a {said.Name} file",
                $"drop one of the two: --format {said.Name}, or a name that ends with {format.Extensions[0]}"
            ),
        };
    }

    private static void Report(Invocation invocation, string path, WrittenModel written)
    {
        var (card, file) = (written.Card, written.Card.Files[^1]);
        var replaced = written.Replaced?.StateSha256 == card.StateSha256 ? null : written.Replaced;
        invocation.Answer(
            () =>
                new JsonObject
                {
                    ["schema"] = "mm/export/v1",
                    ["run"] = card.Run,
                    ["checkpoint"] = card.Checkpoint,
                    ["state_sha256"] = card.StateSha256,
                    ["format"] = file.Format,
                    ["file"] = path,
                    ["card"] = Path.Combine(Path.GetDirectoryName(path)!, ModelCard.FileName),
                    ["bytes"] = file.Bytes,
                    ["sha256"] = file.Sha256,
                    ["replaced"] = replaced is null
                        ? null
                        : new JsonObject
                        {
                            ["run"] = replaced.Run,
                            ["checkpoint"] = replaced.Checkpoint,
                            ["state_sha256"] = replaced.StateSha256,
                        },
                },
            () =>
                [
                    RunSummary.Labelled("model").Add($"{card.Checkpoint} of {card.Run}", "bold cyan"),
                    RunSummary
                        .Labelled("file")
                        .Add(invocation.Shown(path), "bold")
                        .Add($"  {Figures.Count(file.Bytes)} bytes, {file.Format}"),
                    .. replaced is null
                        ? (Line[])[]
                        :
                        [
                            RunSummary
                                .Labelled("replaced")
                                .Add(
                                    $"{replaced.Checkpoint} of {replaced.Run}, which the file held before",
                                    "yellow"
                                ),
                        ],
                    RunSummary
                        .Labelled("card")
                        .Add(
                            invocation.Shown(Path.Combine(Path.GetDirectoryName(path)!, ModelCard.FileName))
                        ),
                    RunSummary.Labelled("sha256").Add(file.Sha256),
                ]
        );
    }
}
