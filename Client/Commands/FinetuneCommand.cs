using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm finetune RUN --method METHOD</c></summary>
internal sealed class FinetuneCommand : Command
{
    // The first stage's, and what is a flag of its own here.
    private static readonly string[] NotOffered =
    [
        "--preset",
        "--dataset",
        "--imbalance",
        "--ratio",
        "--model",
        "--method",
        "--resume",
    ];

    private const string AfterTraining = "logit-adjustment";

    private static readonly IReadOnlyList<string> Methods =
    [
        .. MethodCatalogue.SecondStage.Select(method => Shown(method.Name)),
    ];

    private readonly Argument<string> _run = RunArguments.Run();

    private readonly Option<string> _method = new("--method")
    {
        Description =
            "crt: a new classifier on balanced images; lws: one factor a class; balanced-meta-softmax: a learned sampler; tau-norm, ncm, logit-adjustment: computed, not trained.",
        HelpName = string.Join('|', Methods),
        Required = true,
    };

    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Which of the run's checkpoints, such as epoch-42; the newest intact one.",
        HelpName = "CHECKPOINT",
    };

    private readonly Option<string?> _tau = new("--tau")
    {
        Description = "tau of tau-norm (default 0.7) and logit-adjustment (default 1).",
        HelpName = "NUMBER",
    };

    private readonly Option<string?> _feature = new Option<string?>("--feature")
    {
        Description =
            "ncm: use features unchanged (un), normalised to length 1 (l2n), or centred and normalised (cl2n, the default).",
        HelpName = "un|l2n|cl2n",
    }.AcceptOnlyFromAmong("un", "l2n", "cl2n");

    private readonly Option<string?> _distance = new Option<string?>("--distance")
    {
        Description = "ncm: nearest mean by squared distance (l2, the default) or by dot product (cos).",
        HelpName = "l2|cos",
    }.AcceptOnlyFromAmong("l2", "cos");

    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "Plain lines instead of the live display.",
    };

    public static Command Create(CommandContext context) => new FinetuneCommand(context);

    private FinetuneCommand(CommandContext context)
        : base("finetune", "Put a second stage on a trained run: another classifier on the same backbone.")
    {
        _method.CompletionSources.Add([.. Methods]);
        Add(_run);
        Add(_method);
        Add(_checkpoint);
        Add(_tau);
        Add(_feature);
        Add(_distance);
        foreach (var option in RunOptions.Create().Where(option => !NotOffered.Contains(option.Name)))
            Add(option);
        Add(_noProgress);
        SetAction(
            (input, interrupt) => FinetuneAsync(Invocation.From(input, context), context, input, interrupt)
        );
    }

    private async Task<int> FinetuneAsync(
        Invocation invocation,
        CommandContext context,
        ParseResult input,
        CancellationToken interrupt
    )
    {
        var method = Method(input.GetRequiredValue(_method));
        var isComputed = method.Classifier != "trained";
        if (isComputed && invocation.Cluster is not null)
            throw new FaultException(
                "MM1005",
                $"{Shown(method.Name)} is computed in this process and contradicts --cluster {invocation.Cluster.Text}",
                "run it where the run's folder is, with --output DIR --cluster none"
            );
        var own = RunOptions.Sources(input, context, null);
        var output = own
            .Flags.Where(flag => flag.Key == "output.path")
            .Select(flag => flag.Value)
            .FirstOrDefault();
        await using var shelf = await RunLibrary.OpenAsync(invocation, output, interrupt);
        var first = await shelf.ResolveAsync(input.GetRequiredValue(_run), interrupt);
        var (weights, weightsHash) = WeightsPlace.Of(first, input.GetValue(_checkpoint));
        // A run of another folder is found by its path only.
        var isHere =
            shelf.Cluster is not null
            || Path.GetFullPath(first.Root) == Path.GetFullPath(invocation.RunsFolder(output));
        var place = isHere
            ? weights.ToString()
            : Path.GetFullPath(Path.Combine(first.Checkpoints, weights.Checkpoint));
        RequireHead(first, method);
        var configuration = RunConfiguration.ReadBack(
            RecordedConfiguration.Read(first),
            EnvironmentSnapshot.Empty
        );
        var resolved = RunConfiguration.Resolve(
            own with
            {
                FileName = "run.yaml",
                FileText = SecondStage.Write(configuration, method.Name, (place, weightsHash), isComputed),
                Flags = [.. own.Flags, .. Flags(input, method)],
                // The first stage's images are meant, not those of the runs that the variable is set for.
                Environment = context.Environment.Without("MM_DATA_DIR"),
            }
        );
        var redraw = !input.GetValue(_noProgress);
        return isComputed ? await ComputedRun.CreateAsync(invocation, resolved, first, weights, interrupt)
            : resolved.Cluster is null
                ? await TrainCommand.TrainAsync(invocation, resolved, limit: null, redraw, interrupt)
            : await ClusterTraining.RunAsync(
                invocation,
                resolved,
                limit: null,
                detach: false,
                stopOnInterrupt: false,
                redraw,
                interrupt
            );
    }

    private IEnumerable<(string Flag, string Key, string Value)> Flags(
        ParseResult input,
        MethodComposition method
    )
    {
        if (input.GetValue(_tau) is { } tau)
            yield return ("--tau", "classifier.tau", tau);
        var (feature, distance) = (input.GetValue(_feature), input.GetValue(_distance));
        if (feature is null && distance is null)
            yield break;
        if (method.Classifier != "ncm")
            throw new FaultException(
                "MM1005",
                $"{(feature is null ? "--distance" : "--feature")} contradicts --method {Shown(method.Name)}, which has no class means",
                "leave it out, or choose --method ncm"
            );
        yield return (
            feature is null ? "--distance" : "--feature",
            "model.head",
            $"ncm-{feature ?? "cl2n"}-{distance ?? "l2"}"
        );
    }

    private static MethodComposition Method(string name) =>
        MethodCatalogue.SecondStage.FirstOrDefault(method =>
            Shown(method.Name) == name || method.Name == name
        )
        ?? throw new FaultException(
            "MM1007",
            $"--method names no second stage: '{name}'{(Suggestion.For(name, Methods) is { } meant ? $" (did you mean '{meant}'?)" : "")}",
            $"one of: {string.Join(", ", Methods)}"
        );

    // Beside the training loss of that name; here there is only one of them.
    private static string Shown(string method) =>
        method == "post-hoc-logit-adjustment" ? AfterTraining : method;

    /// <summary>What builds on the first stage's classifier needs one that is linear.</summary>
    private static void RequireHead(RunFolder first, MethodComposition method)
    {
        var head = SpecificationDocument
            .ReadFrom(RunRecord.Read(first.Record).Specification, first.Record)
            .Model.Head;
        IReadOnlyList<string> wanted = method.Name switch
        {
            "lws" => ["plain", "sigmoid"],
            "tau-norm" or "post-hoc-logit-adjustment" => ["plain", "sigmoid", "unbiased"],
            _ => [head],
        };
        if (!wanted.Contains(head))
            throw new FaultException(
                "MM5002",
                $"--method {Shown(method.Name)} builds on a linear classifier ({string.Join(", ", wanted)}), and {first.RunId} has model.head {head}",
                $"choose a run such as erm's, or a method that needs the backbone only: mm finetune {first.RunId} --method crt"
            );
    }
}
