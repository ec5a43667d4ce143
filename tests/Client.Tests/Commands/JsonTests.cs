using System.Text.Json.Nodes;
using MMOrleans.Client.Tests.Errors;
using MMOrleans.Learning.Tests.Datasets;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>Programs read every verb's results as JSON with a schema, and nothing else is on stdout.</summary>
public class JsonTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    [Theory]
    [InlineData("runs")]
    [InlineData("show latest")]
    [InlineData("logs latest")]
    [InlineData("why latest")]
    [InlineData("compare latest other")]
    [InlineData("checkpoints list latest")]
    [InlineData("checkpoints verify latest")]
    [InlineData("checkpoints prune latest --dry-run")]
    [InlineData("eval latest")]
    [InlineData("export latest --format onnx")]
    [InlineData("predict latest image.png")]
    [InlineData("watch latest")]
    [InlineData("stop latest")]
    [InlineData("resume latest --from epoch-0001")]
    [InlineData("train --epochs 1")]
    [InlineData("train --dry-run")]
    [InlineData("data list")]
    [InlineData("data stats synthetic")]
    [InlineData("data verify synthetic")]
    [InlineData("config explain train")]
    [InlineData("config check run.yaml")]
    [InlineData("doctor")]
    [InlineData("explain MM1001")]
    [InlineData("completion bash")]
    public async Task VerbAnswersInJsonWithASchema(string line)
    {
        using var copy = trained.Copy();
        File.WriteAllText(Path.Combine(copy.Path, "run.yaml"), "train:\n  epochs: 3\n");
        File.WriteAllBytes(Path.Combine(copy.Path, "image.png"), SomeImages.Of("test")[0].Png);

        var run = await CommandRun.OfAsync($"{line} --json", folder: copy.Path);

        Assert.True(run.ExitCode == 0, $"exit {run.ExitCode}: {run.Error}");
        var documents = run.Output.StartsWith("{\n", StringComparison.Ordinal)
            ? [run.Output]
            : run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(documents);
        Assert.All(
            documents,
            text =>
                Assert.StartsWith("mm/", (string?)JsonNode.Parse(text)!["schema"], StringComparison.Ordinal)
        );
    }
}
