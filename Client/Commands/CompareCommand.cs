using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Plots;
using MMOrleans.Client.Processes;
using MMOrleans.Client.Reports;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm compare RUN RUN...</c></summary>
internal sealed class CompareCommand : Command
{
    private readonly Argument<string[]> _runs = RunArguments.Runs(least: 2);
    private readonly Option<string?> _output = RunArguments.Output();
    private readonly Option<bool> _figure = new("--figure")
    {
        Description = "Write the errors of every class as a chart, ./compare/class_error.svg and .png.",
    };

    public static Command Create(CommandContext context) =>
        new CompareCommand(input => Invocation.From(input, context));

    private CompareCommand(Func<ParseResult, Invocation> invocation)
        : base(
            "compare",
            "Put runs side by side; runs that differ only in their seed become mean ± standard deviation."
        )
    {
        Add(_runs);
        Add(_output);
        Add(_figure);
        SetAction(
            async (input, cancellationToken) =>
            {
                var context = invocation(input);
                await using var shelf = await RunLibrary.OpenAsync(
                    context,
                    input.GetValue(_output),
                    cancellationToken
                );
                return Compare(
                    context,
                    await shelf.CatalogueAsync(cancellationToken),
                    input.GetRequiredValue(_runs),
                    input.GetValue(_figure)
                );
            }
        );
    }

    internal static int Compare(
        Invocation invocation,
        RunCatalogue catalogue,
        IReadOnlyList<string> names,
        bool withFigure = false
    )
    {
        var records = names
            .Select(catalogue.Resolve)
            .DistinctBy(folder => folder.RunId)
            .Select(folder => RunRecord.Read(folder.Record))
            .ToList();
        if (records.Count < 2)
        {
            throw new FaultException(
                "MM1005",
                $"all the given names mean one run, {records[0].Id}",
                "name two different runs; 'mm runs' lists them"
            );
        }

        foreach (var record in records.Where(record => record.Last?.Accuracy is null))
        {
            invocation.Terminal.Say(new Line().Add($"{record.Id} was not evaluated yet", "yellow"));
        }

        foreach (var record in records.Where(record => record.Epoch < record.Epochs))
        {
            invocation.Terminal.Say(
                new Line().Add($"{record.Id} is at epoch {record.Epoch} of {record.Epochs}", "yellow")
            );
        }

        var comparison = new Comparison(records);
        // Before the answer: what cannot be drawn is refused whole.
        if (withFigure)
            Draw(invocation, comparison);
        invocation.Answer(comparison.Document, comparison.Lines);
        return 0;
    }

    private static void Draw(Invocation invocation, Comparison comparison)
    {
        var columns = comparison.Evaluated;
        if (columns.Count == 0 || columns.SelectMany(c => c.Runs).DistinctBy(ClassesOf).Count() > 1)
        {
            throw new FaultException(
                "MM1005",
                columns.Count == 0
                    ? "--figure shows test errors by class, and none of the runs was evaluated"
                    : "--figure puts classes side by side, and the runs have different classes or training counts",
                columns.Count == 0
                    ? "wait for their first evaluation, or leave out --figure"
                    : "compare runs on the same data and imbalance, or leave out --figure"
            );
        }

        var folder = Path.Combine(invocation.WorkingFolder, "compare");
        FigureFiles.Write(folder, ReportFigures.ClassErrorBars(columns));
        if (!invocation.Json && !invocation.Quiet)
            invocation.Terminal.Say(
                new Line().Add(
                    $"written to {invocation.Shown(Path.Combine(folder, "class_error.svg"))}",
                    "grey"
                )
            );
    }

    private static string ClassesOf(RunRecord run) =>
        string.Join('\n', ClassErrors.Of(run).Select(result => $"{result.Name}\t{result.TrainingImages}"));
}
