using MMOrleans.Client.Output;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary>What every verb gets beside its own arguments.</summary>
/// <param name="Terminal">Where it writes.</param>
/// <param name="Clock">The time.</param>
/// <param name="Environment">Value of an environment variable.</param>
/// <param name="Json">Results as JSON.</param>
/// <param name="Quiet">No progress.</param>
internal sealed record Invocation(
    Terminal Terminal,
    TimeProvider Clock,
    Func<string, string?> Environment,
    bool Json,
    bool Quiet
)
{
    /// <summary>The runs of a folder: the given one, that of the environment, or <c>./runs</c>.</summary>
    public RunCatalogue Runs(string? folder) => new(RunsFolder(folder));

    /// <summary>The folder of all runs.</summary>
    public string RunsFolder(string? folder) =>
        folder ?? (Environment("MM_OUTPUT_DIR") is { Length: > 0 } set ? set : "runs");

    /// <summary>Writes results: as one JSON document, or as lines.</summary>
    public void Answer(Func<System.Text.Json.Nodes.JsonObject> json, Func<IEnumerable<Line>> lines)
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
