using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Output;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm compare RUN RUN...</c></summary>
internal sealed class CompareCommand : Command
{
    private readonly Argument<string[]> _runs = RunArguments.Runs(least: 2);
    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new CompareCommand(input => Invocation.ForCluster(input, context));

    private CompareCommand(Func<ParseResult, Invocation> invocation)
        : base(
            "compare",
            "Put runs side by side; runs that differ only in their seed become mean ± standard deviation."
        )
    {
        Add(_runs);
        Add(_output);
        SetAction(
            async (input, cancellationToken) =>
            {
                var context = invocation(input);
                await using var shelf = await RunShelf.OpenAsync(
                    context,
                    input.GetValue(_output),
                    cancellationToken
                );
                return Compare(
                    context,
                    await shelf.CatalogueAsync(cancellationToken),
                    input.GetRequiredValue(_runs)
                );
            }
        );
    }

    internal static int Compare(Invocation invocation, RunCatalogue catalogue, IReadOnlyList<string> names)
    {
        var records = names
            .Select(catalogue.Resolve)
            .DistinctBy(folder => folder.RunId)
            .Select(folder => RunRecord.Read(folder.Record))
            .ToList();
        if (records.Count < 2)
        {
            throw new LearningFault(
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
        invocation.Answer(comparison.Document, comparison.Lines);
        return 0;
    }
}
