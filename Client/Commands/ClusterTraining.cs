using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Configuration.Keys;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary>Sends a run to a cluster, which has it wait for trainers if it must, and follows it or leaves it there.</summary>
internal static class ClusterTraining
{
    /// <param name="invocation">Names the cluster.</param>
    /// <param name="resolved">The run.</param>
    /// <param name="limit">Accuracy that must be reached; null for none.</param>
    /// <param name="detach">Print the id and leave.</param>
    /// <param name="stopOnInterrupt">Ctrl-C stops the run instead of leaving it.</param>
    /// <param name="redraw">Whether a live display is welcome.</param>
    /// <param name="interrupt">Ctrl-C or SIGTERM.</param>
    public static async Task<int> RunAsync(
        Invocation invocation,
        ResolvedRun resolved,
        AccuracyLimit? limit,
        bool detach,
        bool stopOnInterrupt,
        bool redraw,
        CancellationToken interrupt
    )
    {
        await using var shelf = await RunLibrary.OpenAsync(invocation, null, interrupt);
        var known = await shelf.Cluster!.ListRunsAsync(interrupt);
        var id = RunId.New(known.Contains);
        var submission = new RunSubmission(
            id,
            SpecificationDocument.Write(resolved.Specification),
            resolved.Settings
        );
        var run = shelf.Cluster.Run(id);
        var answer = await invocation.SayingAsync(
            run.SubmitAsync(submission, interrupt),
            "the cluster opens the images"
        );
        if (answer.Fault is { } fault)
        {
            throw new FaultException(fault);
        }

        if (detach)
        {
            if (
                await run.GetStatusAsync(interrupt) is { State: RunStatus.Queued, Progress.Activity: var why }
            )
            {
                invocation.Terminal.Say(new Line().Add($"queued: {why}", "yellow"));
            }

            invocation.Answer(
                () =>
                {
                    var document = RunJson.Of("submitted");
                    document["run"] = id;
                    document["cluster"] = invocation.Cluster!.Text;
                    return document;
                },
                () => [new Line().Add(id)]
            );
            return ExitCode.Success;
        }

        var code = await ClusterFollowing.FollowAsync(
            invocation,
            shelf,
            id,
            redraw,
            stopOnInterrupt,
            interrupt
        );
        if (code != ExitCode.Success || limit is null)
        {
            return code;
        }

        var folder = await shelf.CopyAsync(id, CancellationToken.None);
        if (limit.IsMissedBy(RunRecord.Read(folder.Record)) is not { } miss)
        {
            return code;
        }

        invocation.Terminal.Say(new Line().Add(miss, "red"));
        return ExitCode.BelowFailUnder;
    }
}
