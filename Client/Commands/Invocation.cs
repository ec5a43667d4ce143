using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Output;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

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
    /// <exception cref="MmError">MM1004: a cluster was named.</exception>
    public static Invocation From(ParseResult parsed, CommandContext context)
    {
        var settings = GlobalOptions.Read(parsed, context);
        if (settings.Cluster is { } cluster)
        {
            throw new MmError(
                "MM1004",
                $"--cluster {cluster} is not offered by this version: runs are trained in this process",
                "leave out --cluster and unset MM_CLUSTER; a run of another terminal is found by its folder"
            );
        }

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
        );
    }

    /// <summary>The runs of a folder: the given one, that of the environment, or <c>./runs</c>.</summary>
    public RunCatalogue Runs(string? folder) =>
        new(Path.Combine(WorkingFolder, folder ?? OutputFolder ?? "runs"));

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
