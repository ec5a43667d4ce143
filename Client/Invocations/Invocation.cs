using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Invocations;

/// <summary>What a verb on runs gets beside its own arguments.</summary>
/// <param name="Terminal">Where it writes.</param>
/// <param name="Clock">The time.</param>
/// <param name="WorkingFolder">Relative paths are relative to it.</param>
/// <param name="OutputFolder">Folder of the runs from the environment; null for the usual one.</param>
/// <param name="Json">Results as JSON.</param>
/// <param name="Quiet">No progress.</param>
internal sealed record Invocation(
    Terminal Terminal,
    TimeProvider Clock,
    string WorkingFolder,
    string? OutputFolder,
    bool Json,
    bool Quiet
)
{
    private static readonly TimeSpan SilenceAtMost = TimeSpan.FromSeconds(3);

    /// <summary>What ends the process from outside; null where nothing does.</summary>
    public StopSignals? Signals { get; init; }

    /// <summary>The cluster that the verb speaks to; null for this process and its folders.</summary>
    public ClusterAddress? Cluster { get; init; }

    /// <summary>What this command line and the environment say; a verb that works in this process has no cluster.</summary>
    /// <exception cref="FaultException">MM1002: the cluster's address is none.</exception>
    public static Invocation From(ParseResult parsed, CommandContext context) =>
        Of(parsed, context).In(RunArguments.FolderOf(parsed)) with
        {
            Cluster = GlobalOptions.Read(parsed, context) is { Cluster: { } cluster } settings
                ? ClusterAddress.Read(cluster, context.Environment, settings.TokenFile)
                : null,
        };

    private static Invocation Of(ParseResult parsed, CommandContext context)
    {
        var settings = GlobalOptions.Read(parsed, context);
        return new(
            new(
                context.Output,
                context.Error,
                context.OutputIsTerminal,
                context.ErrorIsTerminal,
                name => context.Environment[name],
                settings.Color
            ),
            context.Clock,
            context.WorkingFolder,
            context.Environment["MM_OUTPUT_DIR"],
            settings.Json,
            settings.Quiet
        )
        {
            Signals = context.Signals,
        };
    }

    /// <summary>The runs of a folder: the given one, that of the environment, or <c>./runs</c>.</summary>
    public RunCatalogue Runs(string? folder) => new(RunsFolder(folder));

    /// <summary>The run that a person means by an id, a beginning of one, a name, <c>latest</c>, or the path of its folder.</summary>
    /// <exception cref="FaultException">MM1009, MM1007: several, or none.</exception>
    /// <exception cref="FaultException">MM1004: a folder whose name cannot be a run's.</exception>
    public RunFolder Run(string? folder, string spelling)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(WorkingFolder, spelling)));
        var isPath = spelling.Contains(Path.DirectorySeparatorChar) || spelling is "." or "..";
        var there = Path.GetDirectoryName(path) is { } root
            ? new RunFolder(root, Path.GetFileName(path))
            : null;
        try
        {
            if (!isPath)
                return Runs(folder).Resolve(spelling);
        }
        catch (FaultException fault) when (fault.Code == "MM1007" && there is { Exists: true })
        {
            // Typed within the folder of the runs.
        }

        if (there is not { Exists: true })
            throw new FaultException(
                "MM1007",
                $"{spelling} is not a run's folder: there is no run.json in it",
                "list the runs with: mm runs"
            );
        return RunId.MayNameARun(there.RunId)
            ? there
            : throw new FaultException(
                "MM1004",
                $"the folder's name '{there.RunId}' cannot be a run's: that begins with r- and has small letters, digits and '-' only",
                $"rename it, such as: mv '{path}' '{Path.Combine(there.Root, "r-copy")}'"
            );
    }

    /// <summary>The folder of the runs: the given one, that of the environment, or <c>./runs</c>.</summary>
    public string RunsFolder(string? folder) => Path.Combine(WorkingFolder, folder ?? OutputFolder ?? "runs");

    /// <summary>Folder of the runs as it was typed, when it is not the usual one of this place; null otherwise.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>The same for runs in a folder.</summary>
    public Invocation In(string? folder) =>
        this with
        {
            Elsewhere = folder is not null && Full(folder) != Full(null) ? folder : null,
        };

    private string Full(string? folder) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(RunsFolder(folder)));

    /// <summary>What a command that is printed ends with, so that it can be pasted: the cluster or the folder, if it is not the usual one.</summary>
    public string ClusterFlag =>
        Cluster is null ? (Elsewhere is null ? "" : $" --output {Shell.Path(Elsewhere)}")
        : Cluster.TokenFile is { } file ? $" --cluster {Cluster.Text} --token-file {file}"
        : $" --cluster {Cluster.Text}";

    /// <summary>A run's folder as a person would look for it.</summary>
    public string Shown(RunFolder folder) =>
        Cluster is null ? Shown(folder.Path) : $"{folder.RunId} on {Cluster.Text}";

    /// <summary>Waits, and after three seconds says what for.</summary>
    public async Task<T> SayingAsync<T>(Task<T> task, string what)
    {
        if (!Quiet && !Json && await Task.WhenAny(task, Task.Delay(SilenceAtMost, Clock)) != task)
        {
            Terminal.Say(new Line().Add($"{what} …", "grey"));
        }

        return await task;
    }

    /// <summary>A path as a person would type it here.</summary>
    public string Shown(string path)
    {
        var relative = Path.GetRelativePath(WorkingFolder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? path
            : $".{Path.DirectorySeparatorChar}{relative}";
    }

    /// <summary>Writes results: as one JSON document, or as lines.</summary>
    public void Answer(Func<JsonObject> json, Func<IEnumerable<Line>> lines)
    {
        if (Json)
        {
            RunJson.Write(Terminal.Output, json());
        }
        else
        {
            Terminal.WriteLines(lines());
        }
    }
}
