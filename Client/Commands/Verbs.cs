using System.CommandLine;
using MMOrleans.Client.Processes;

namespace MMOrleans.Client.Commands;

/// <summary>Where a verb works.</summary>
internal enum Reach
{
    /// <summary>In this process and on its files: a cluster that the environment names does not concern it.</summary>
    ThisProcess,

    /// <summary>Also on a cluster: it takes the address, speaks to it or writes it down.</summary>
    Clusters,
}

/// <summary>A verb as it is declared.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Reach">Where it works.</param>
/// <param name="Create">Makes it.</param>
internal sealed record Verb(string Name, Reach Reach, Func<CommandContext, Command> Create);

/// <summary>The verbs: a file and a line each, in the order in which the help lists them.</summary>
internal static class Verbs
{
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("train", Reach.Clusters, TrainCommand.Create),
        new("resume", Reach.Clusters, ResumeCommand.Create),
        new("finetune", Reach.Clusters, FinetuneCommand.Create),
        new("eval", Reach.ThisProcess, EvalCommand.Create),
        new("predict", Reach.ThisProcess, PredictCommand.Create),
        new("runs", Reach.Clusters, RunsCommand.Create),
        new("show", Reach.Clusters, ShowCommand.Create),
        new("watch", Reach.Clusters, WatchCommand.Create),
        new("logs", Reach.Clusters, LogsCommand.Create),
        new("why", Reach.Clusters, WhyCommand.Create),
        new("stop", Reach.Clusters, StopCommand.Create),
        new("compare", Reach.Clusters, CompareCommand.Create),
        new("report", Reach.Clusters, ReportCommand.Create),
        new("export", Reach.ThisProcess, ExportCommand.Create),
        new("reproduce", Reach.ThisProcess, ReproduceCommand.Create),
        new("checkpoints", Reach.ThisProcess, CheckpointsCommand.Create),
        new("cluster", Reach.Clusters, ClusterCommand.Create),
        new("data", Reach.ThisProcess, DataCommand.Create),
        new("config", Reach.Clusters, ConfigCommand.Create),
        new("ui", Reach.ThisProcess, UiCommand.Create),
        new("doctor", Reach.Clusters, DoctorCommand.Create),
        new("explain", Reach.ThisProcess, ExplainCommand.Create),
        new("completion", Reach.ThisProcess, CompletionCommand.Create),
    ];

    /// <summary>The verb that a command line is for; null for none.</summary>
    public static Verb? Of(ParseResult parsed)
    {
        var at = parsed.CommandResult;
        while (at.Parent is System.CommandLine.Parsing.CommandResult { Parent: not null } above)
            at = above;
        return All.FirstOrDefault(verb => verb.Name == at.Command.Name);
    }
}
