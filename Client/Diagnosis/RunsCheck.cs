using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Lists the interrupted runs of the usual folder: they go on only when resumed.</summary>
internal static class RunsCheck
{
    private const int ListedAtMost = 3;

    public static Finding Run(CommandContext context)
    {
        var shown = context.Environment["MM_OUTPUT_DIR"] ?? "./runs";
        var catalogue = new RunCatalogue(Path.GetFullPath(shown, context.WorkingFolder));
        var runs = catalogue.List();
        var interrupted = runs.Where(run =>
                RunStanding.Of(run, catalogue.Folder(run.Id)) == RunStatus.Interrupted
            )
            .Select(run => run.Id)
            .ToList();
        return interrupted.Count == 0
            ? new(FindingLevel.Ok, "runs", $"{runs.Count} in {shown}, none interrupted")
            : new(
                FindingLevel.Warning,
                "runs",
                $"{interrupted.Count} of {runs.Count} in {shown} ended in the middle: {string.Join(", ", interrupted.Take(ListedAtMost))}{(interrupted.Count > ListedAtMost ? ", …" : "")}",
                $"mm resume {interrupted[0]}, or delete it: rm -r '{shown}/{interrupted[0]}'"
            );
    }
}
