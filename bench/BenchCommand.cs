using System.CommandLine;
using MMOrleans.Bench.Commands;
using MMOrleans.Bench.Fire;
using MMOrleans.Bench.Mutation;
using MMOrleans.Bench.Soak;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Bench;

/// <summary>The benchmarks. Exit code 0: every target met; 1: one missed; 2: wrong usage; 3: a run was refused, so nothing was measured.</summary>
internal static class BenchCommand
{
    // An argument is what was typed: @name is a name, not a file to read arguments from.
    private static readonly ParserConfiguration Literal = new() { ResponseFileTokenReplacer = null };

    /// <summary>The verbs: a file and a line each, in the order in which the help lists them.</summary>
    private static IReadOnlyList<Benchmark> Verbs =>
        [
            new ThroughputCommand(onSilos: false),
            new ThroughputCommand(onSilos: true),
            new TelemetryCommand(),
            new MemoryCommand(),
            new StepCommand(),
            new AveragingCommand(),
            new ArenaCommand(),
            new CoordinatorCommand(),
            new SchedulesCommand(),
            new MutantsCommand(),
            new FireCommand(),
            new SoakCommand(),
            new AllCommand(
                new ThroughputCommand(onSilos: false),
                new ThroughputCommand(onSilos: true),
                new TelemetryCommand(),
                new MemoryCommand(),
                new StepCommand()
            ),
        ];

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        if (args is [AveragingWorker.Verb, ..])
        {
            await AveragingWorker.RunAsync(args);
            return 0;
        }

        if (args is [ArenaWriter.Verb, ..])
        {
            ArenaWriter.Run(args);
            return 0;
        }

        if (args is [MutantWorker.Verb, ..])
        {
            MutantWorker.Run(args);
            return 0;
        }

        if (args is [BareLoop.Verb, ..])
        {
            BareLoop.Run(args);
            return 0;
        }

        var root = new RootCommand("Measures the cluster against a baseline on the same machine.");
        var verbs = Verbs;
        foreach (var verb in verbs)
            root.Add(verb);
        root.Add(new CheckCommand(verbs));
        root.Add(new LinesCommand());
        var parsed = root.Parse(args, Literal);
        try
        {
            var code = await parsed.InvokeAsync(
                new()
                {
                    Output = output,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                }
            );
            return parsed.Errors.Count > 0 ? 2 : code;
        }
        catch (FaultException fault)
        {
            await Console.Error.WriteLineAsync($"error {fault.Code}: {fault.Message}\n  fix   {fault.Fix}");
            return 3;
        }
    }
}
