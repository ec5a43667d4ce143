using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Connections;

/// <summary>What is said when somebody leaves the display of a run that goes on; its commands can be pasted as they are.</summary>
internal static class LeaveTaking
{
    public static void Say(Invocation invocation, DisplayModel model)
    {
        if (invocation.Quiet || invocation.Json || invocation.Signals?.IsReaderGone == true)
        {
            return;
        }

        var progress = model.Progress;
        var left = model.Clock(invocation.Clock.GetUtcNow()).Left is { } rest
            ? $", {Figures.Span(rest)} left"
            : "";
        var place = invocation.Cluster is { } cluster ? $" on {cluster.Text}" : "";
        var command = $"{model.RunId}{invocation.ClusterFlag}";
        invocation.Terminal.Say(
            new Line().Add(
                $"Left the display. {model.RunId} is still {model.State.Word()}{place} (epoch {progress.Epoch} of {progress.Epochs}{left})."
            )
        );
        invocation.Terminal.Say(new Line().Add("  attach again   ", "grey").Add($"mm watch {command}"));
        invocation.Terminal.Say(new Line().Add("  stop it        ", "grey").Add($"mm stop {command}"));
    }
}
