using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm stop RUN...</c></summary>
internal sealed class StopCommand : Command
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Argument<string[]> _runs = RunArguments.Runs(least: 1);

    private readonly Option<bool> _now = new("--now")
    {
        Description = "Without a checkpoint: what was done since the last one is lost.",
    };

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new StopCommand(input => Invocation.From(input, context));

    private StopCommand(Func<ParseResult, Invocation> invocation)
        : base("stop", "Save a run's state and stop it.")
    {
        Add(_runs);
        Add(_now);
        Add(_output);
        SetAction(
            async (input, cancellationToken) =>
            {
                var context = invocation(input);
                var catalogue = context.Runs(input.GetValue(_output));
                // All names first: a misspelt second one must not leave the first stopped.
                var folders = input.GetRequiredValue(_runs).Select(catalogue.Resolve).ToList();
                foreach (var folder in folders)
                {
                    await StopAsync(context, folder, input.GetValue(_now), cancellationToken);
                }

                return 0;
            }
        );
    }

    internal static async Task StopAsync(
        Invocation invocation,
        RunFolder folder,
        bool now,
        CancellationToken cancellationToken
    )
    {
        var standing = RunStanding.Of(RunRecord.Read(folder.Record), folder);
        if (AttachedConnection.Find(folder) is not { } endpoint)
        {
            Tell(invocation, folder, standing, $"{folder.RunId} is {standing}; there is nothing to stop");
            return;
        }

        await using var connection = await AttachedConnection.OpenAsync(endpoint, cancellationToken);
        var run = connection.Run(folder.RunId);
        var answer = await run.StopAsync(now, "request", cancellationToken);
        if (answer.Fault is { } fault)
        {
            throw new LearningFault(fault.Code, fault.Message, fault.Fix);
        }

        if (!invocation.Quiet && !invocation.Json)
        {
            invocation.Terminal.Say(new Line().Add(now ? "stopping …" : "saving its state …", "grey"));
        }

        await EndAsync(run, folder, endpoint, cancellationToken);
        var after = RunRecord.Read(folder.Record);
        Tell(
            invocation,
            folder,
            after.Status,
            $"{folder.RunId} is {after.Status} at epoch {after.Epoch} of {after.Epochs}; go on with: mm resume {folder.RunId}"
        );
    }

    private static async Task EndAsync(
        IRunGrain run,
        RunFolder folder,
        LocalEndpoint endpoint,
        CancellationToken cancellationToken
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        long cursor = 0;
        while (!RunStatusName.IsEnd(RunRecord.Read(folder.Record).Status) && endpoint.IsAlive())
        {
            try
            {
                var update = await run.WatchAsync(cursor, TimeSpan.FromSeconds(2), patience.Token);
                cursor = update.Cursor;
            }
            catch (Exception fault) when (fault is TimeoutException or OrleansException)
            {
                // The process is closing down; its record says the rest.
                await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
            }
        }
    }

    private static void Tell(Invocation invocation, RunFolder folder, string status, string words) =>
        invocation.Answer(
            () =>
            {
                var document = RunJson.Of("stop");
                document["run"] = folder.RunId;
                document["status"] = status;
                return document;
            },
            () => [new Line().Add(words)]
        );
}
