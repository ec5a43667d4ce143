using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm predict FILE|RUN IMAGE...</c></summary>
internal sealed class PredictCommand : Command
{
    // One decision of the network takes a fraction of a millisecond more in a batch than alone.
    private const int BatchImages = 64;
    private const long LargestImage = 1L << 30;

    private readonly Argument<string> _model = new("FILE|RUN")
    {
        Description =
            $"An exported model ({ModelFormat.ReadableEndings}) or its folder, a run, or a checkpoint's folder.",
    };

    private readonly Argument<string[]> _images = new("IMAGE")
    {
        Description =
            "JPEG, PNG, WebP or BMP files, or folders of them; '-' reads their names from standard input, a line each.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _null = new("--null")
    {
        Description =
            "With '-': names end with NUL characters, as find -print0 writes them, so that they may hold line ends.",
    };

    private readonly Option<int> _top = new("--top")
    {
        Description = "How many classes to name of each image, the likeliest first; 1.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _checkpoint = RunArguments.Checkpoint();

    private readonly Option<string?> _like = RunArguments.Like();

    private readonly Option<string> _device = RunArguments.Device();

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) => new PredictCommand(context);

    private PredictCommand(CommandContext context)
        : base("predict", "Classify images by a run's model or an exported one.")
    {
        Add(_model);
        Add(_images);
        Add(_null);
        Add(_top);
        Add(_checkpoint);
        Add(_like);
        Add(_device);
        Add(_output);
        SetAction(
            (input, cancellationToken) =>
            {
                var invocation = Invocation.From(input, context);
                var top = input.GetValue(_top);
                var (model, _) = ModelChoice.Open(
                    invocation,
                    input.GetRequiredValue(_model),
                    input.GetValue(_checkpoint),
                    input.GetValue(_output),
                    input.GetValue(_like)
                );
                if (top < 1 || top > model.Card.Classes.Count)
                {
                    throw new FaultException(
                        "MM1004",
                        $"--top must be from 1 to the model's {model.Card.Classes.Count} classes, got {top}",
                        $"write --top {Math.Clamp(top, 1, model.Card.Classes.Count)}"
                    );
                }

                invocation.Signals?.EndWithReader();
                // Images are decoded and classified by one thread: the one that the model is opened on.
                // Who waits for standard input cannot be called back, and is left there.
                return Task.Run(
                        () =>
                        {
                            Classify(
                                invocation,
                                model,
                                input.GetValue(_device) ?? "auto",
                                new PredictedImages(
                                    invocation.Terminal,
                                    invocation.WorkingFolder,
                                    context.Input,
                                    input.GetValue(_null)
                                ).Of(input.GetRequiredValue(_images)),
                                top,
                                cancellationToken
                            );
                            return ExitCode.Success;
                        },
                        cancellationToken
                    )
                    .WaitAsync(cancellationToken);
            }
        );
    }

    private static void Classify(
        Invocation invocation,
        StoredModel model,
        string device,
        IEnumerable<(string Name, FaultException? Fault)> names,
        int top,
        CancellationToken cancellationToken
    )
    {
        using var classifier = LocalConnection.Classifier(model, device);
        var (predictions, unreadable) = (new JsonArray(), new List<Fault>());
        foreach (var chunk in names.Chunk(BatchImages))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = new List<(string Name, byte[] Pixels)>(chunk.Length);
            foreach (var (name, unusable) in chunk)
            {
                try
                {
                    read.Add(
                        (
                            name,
                            unusable is null
                                ? Pixels(invocation, name, model.Card.Input.Height)
                                : throw unusable
                        )
                    );
                }
                catch (FaultException fault)
                {
                    unreadable.Add(
                        fault.Fault with
                        {
                            Fix = "repair it or leave it out; the others are classified",
                        }
                    );
                }
            }

            var probabilities = classifier.Probabilities([.. read.Select(image => image.Pixels)]);
            foreach (var (image, row) in read.Zip(probabilities))
            {
                var best = Enumerable
                    .Range(0, row.Length)
                    .OrderByDescending(c => row[c])
                    .ThenBy(c => c)
                    .Take(top)
                    .ToList();
                if (invocation.Json)
                {
                    predictions.Add(Prediction(image.Name, best, row, model.Card.Classes));
                }
                else
                {
                    invocation.Terminal.Output.WriteLine(
                        string.Join(
                            '\t',
                            best.Select(c =>
                                    $"{Clean(model.Card.Classes[c])}\t{row[c].ToString("F4", CultureInfo.InvariantCulture)}"
                                )
                                .Prepend(Clean(image.Name))
                        )
                    );
                }
            }

            invocation.Terminal.Output.Flush();
        }

        if (invocation.Json)
        {
            RunJson.Write(
                invocation.Terminal.Output,
                new()
                {
                    ["schema"] = "mm/prediction/v1",
                    ["run"] = model.Card.Run,
                    ["checkpoint"] = model.Card.Checkpoint,
                    ["state_sha256"] = model.Card.StateSha256,
                    ["images"] = predictions,
                    ["unreadable"] = unreadable.Count,
                }
            );
        }

        if (unreadable.Count > 0)
        {
            throw new FaultException(unreadable);
        }
    }

    private static byte[] Pixels(Invocation invocation, string name, int side)
    {
        try
        {
            return ImageDecoder.Decode(Bytes(Path.Combine(invocation.WorkingFolder, name)), name, side);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw new FaultException(
                "MM2005",
                $"{name} cannot be read: {(fault is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : fault.Message.TrimEnd('.'))}",
                "look at the path",
                fault
            );
        }
    }

    // A pipe or a device has no length, and a device perhaps no end.
    private static byte[] Bytes(string path)
    {
        using var file = File.OpenRead(path);
        using var contents = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = file.Read(buffer)) > 0; contents.Write(buffer, 0, read))
            if (contents.Length > LargestImage)
                throw new IOException($"it is not an image: it has more than {Figures.Bytes(LargestImage)}");
        return contents.ToArray();
    }

    private static JsonObject Prediction(
        string name,
        IEnumerable<int> best,
        double[] probabilities,
        IReadOnlyList<string> classes
    ) =>
        new()
        {
            ["path"] = name,
            ["classes"] = new JsonArray([
                .. best.Select(c =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["class"] = classes[c],
                            ["index"] = c,
                            ["probability"] = RunJson.Number(probabilities[c]),
                        }
                ),
            ]),
        };

    // A name is one field of one line, whatever it holds.
    internal static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
