using System.CommandLine;

namespace MMOrleans.Client.Commands;

/// <summary>The verbs: a file and a line each, in the order in which the help lists them.</summary>
internal static class Verbs
{
    public static IReadOnlyList<Func<CommandContext, Command>> All { get; } =
    [
        TrainCommand.Create,
        ResumeCommand.Create,
        FinetuneCommand.Create,
        EvalCommand.Create,
        PredictCommand.Create,
        RunsCommand.Create,
        ShowCommand.Create,
        WatchCommand.Create,
        LogsCommand.Create,
        WhyCommand.Create,
        StopCommand.Create,
        CompareCommand.Create,
        ReportCommand.Create,
        ExportCommand.Create,
        ReproduceCommand.Create,
        CheckpointsCommand.Create,
        ClusterCommand.Create,
        DataCommand.Create,
        ConfigCommand.Create,
        UiCommand.Create,
        DoctorCommand.Create,
        ExplainCommand.Create,
        CompletionCommand.Create,
    ];
}
