using System.CommandLine;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Output;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm watch RUN</c></summary>
internal sealed class WatchCommand : Command
{
    private readonly Argument<string> _run = RunArguments.Run();

    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "Plain lines instead of the live display.",
    };

    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new WatchCommand(input => Invocation.From(input, context));

    private WatchCommand(Func<ParseResult, Invocation> invocation)
        : base("watch", "Attach the live display to a run that is going on.")
    {
        Add(_run);
        Add(_noProgress);
        Add(_output);
        SetAction(
            (input, cancellationToken) =>
            {
                var context = invocation(input);
                var folder = context.Runs(input.GetValue(_output)).Resolve(input.GetRequiredValue(_run));
                return WatchAsync(context, folder, !input.GetValue(_noProgress), cancellationToken);
            }
        );
    }

    internal static async Task<int> WatchAsync(
        Invocation invocation,
        RunFolder folder,
        bool redraw,
        CancellationToken cancellationToken
    )
    {
        if (AttachedConnection.Find(folder) is not { } endpoint)
        {
            // Nothing to follow: what became of it is the answer.
            return RunEnding.Report(invocation, folder);
        }

        await using var connection = await AttachedConnection.OpenAsync(endpoint, cancellationToken);
        var run = connection.Run(folder.RunId);
        var model = new DisplayModel(
            await run.GetStatusAsync(cancellationToken),
            invocation.Clock.GetUtcNow()
        );
        using (
            var view = Views.For(
                invocation.Terminal,
                invocation.Clock,
                invocation.Json,
                invocation.Quiet,
                redraw,
                $"Ctrl-C leaves the display, the run goes on.   stop: mm stop {folder.RunId}"
            )
        )
        {
            await new RunFollower(run, view, invocation.Clock).FollowAsync(
                model,
                cancellationToken,
                isGone: () => !endpoint.IsAlive()
            );
        }

        if (!cancellationToken.IsCancellationRequested)
        {
            return RunEnding.Report(invocation, folder);
        }

        Left(invocation, model);
        throw new OperationCanceledException(cancellationToken);
    }

    private static void Left(Invocation invocation, DisplayModel model)
    {
        if (invocation.Quiet || invocation.Json)
        {
            return;
        }

        var progress = model.Progress;
        var left = model.Clock(invocation.Clock.GetUtcNow()).Left is { } rest
            ? $", {Figures.Span(rest)} left"
            : "";
        invocation.Terminal.Say(
            new Line().Add(
                $"Left the display. {model.RunId} is still running (epoch {progress.Epoch} of {progress.Epochs}{left})."
            )
        );
        invocation.Terminal.Say(new Line().Add("  attach again   ", "grey").Add($"mm watch {model.RunId}"));
        invocation.Terminal.Say(new Line().Add("  stop it        ", "grey").Add($"mm stop {model.RunId}"));
    }
}
