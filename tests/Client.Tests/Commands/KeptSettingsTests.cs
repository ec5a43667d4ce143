using System.Text.Json.Nodes;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>What a run was started with is what later verbs on it go by.</summary>
public class KeptSettingsTests
{
    [Fact]
    public async Task ReportsGroupTheClassesAndPruneKeepsWhatTheRunWasStartedWith()
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "run.yaml",
            """
            version: 1
            train: { epochs: 5 }
            eval: { groups: { many: 60, few: 12 } }
            checkpoint: { keep_last: 5 }
            """
        );
        await SucceedAsync(folder, "train run.yaml");

        var shown = JsonNode.Parse(await SucceedAsync(folder, "show latest --json"))!;
        var pruned = await SucceedAsync(folder, "checkpoints prune latest --dry-run --json");

        var classes = shown["classes"]!.AsArray();
        Assert.NotEmpty(classes);
        Assert.All(
            classes,
            c =>
            {
                var images = (int)c!["training_images"]!;
                Assert.Equal(
                    images > 60 ? "many"
                        : images < 12 ? "few"
                        : "medium",
                    (string)c["group"]!
                );
            }
        );
        Assert.Empty(JsonNode.Parse(pruned)!["removed"]!.AsArray());
    }

    private static async Task<string> SucceedAsync(TemporaryFolder folder, string line)
    {
        var run = await CommandRun.OfAsync(line, folder: folder.Path);
        Assert.True(run.ExitCode == 0, $"{line}: exit {run.ExitCode}\n{run.Error}");
        return run.Output;
    }
}
