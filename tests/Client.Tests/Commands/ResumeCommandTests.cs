using System.Text.Json.Nodes;

namespace MMOrleans.Client.Tests.Commands;

public class ResumeCommandTests
{
    [Fact]
    public async Task RunGoesOnWithFewerTrainersThanItBeganWithToTheSameState()
    {
        using var folder = new TemporaryFolder();
        await SucceedAsync(folder, "train --epochs 2 --trainers 2");
        var whole = await StateAsync(folder);

        await SucceedAsync(folder, "resume latest --from epoch-0001 --trainers 1");

        Assert.Equal(whole, await StateAsync(folder));
    }

    private static async Task<string> StateAsync(TemporaryFolder folder)
    {
        var shown = await SucceedAsync(folder, "show latest --json");
        return (string)JsonNode.Parse(shown.Output)!["state_sha256"]!;
    }

    private static async Task<CommandRun> SucceedAsync(TemporaryFolder folder, string line)
    {
        var run = await CommandRun.OfAsync(line, folder: folder.Path);
        Assert.True(run.ExitCode == 0, $"{line}: exit {run.ExitCode}\n{run.Error}");
        return run;
    }
}
