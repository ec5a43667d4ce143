using MMOrleans.Client.Commands;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Tests.Commands;

public sealed class CheckpointsCommandTests : IDisposable
{
    private readonly RunsOnDisk _runs = new();

    [Fact]
    public void TheyAreListedNewestFirst()
    {
        var folder = Folder(1, 2);

        CheckpointsCommand.List(_runs.Invocation(), folder);

        var lines = _runs.Output.Split('\n');
        Assert.StartsWith("epoch-0002       2     194", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("epoch-0001       1      97", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void AFlippedByteIsFoundAndTheNextOlderOneOffered()
    {
        var folder = Folder(1, 2);
        Flip(Path.Combine(folder.Checkpoints, "epoch-0002", "model.safetensors"));

        var fault = Assert.Throws<LearningFault>(() => CheckpointsCommand.Verify(_runs.Invocation(), folder));

        Assert.Equal("MM5001", fault.Code);
        Assert.Contains("epoch-0002", fault.Message, StringComparison.Ordinal);
        Assert.Contains("model.safetensors: SHA-256 differs", fault.Message, StringComparison.Ordinal);
        Assert.Contains("mm resume r-7f3k9q --from epoch-0001", fault.Fix, StringComparison.Ordinal);
        Assert.Contains("intact", _runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void PruneKeepsTheNewestAndTheBest()
    {
        var folder = Folder(1, 2, 3, 4);
        foreach (var epoch in new[] { 1, 2, 3, 4 })
        {
            MetricsCsv.Append(
                folder.Metrics,
                RunsOnDisk.Row(epoch) with
                {
                    Accuracy = epoch == 2 ? 0.9 : 0.5,
                }
            );
        }

        CheckpointsCommand.Prune(_runs.Invocation(json: true), folder, 1, 1, damaged: false, dryRun: false);

        Assert.Equal(
            ["epoch-0001", "epoch-0003"],
            _runs.Json()["removed"]!.AsArray().Select(name => (string?)name)
        );
        Assert.Equal(2, Directory.GetDirectories(folder.Checkpoints).Length);
    }

    [Fact]
    public void ADryRunRemovesNothing()
    {
        var folder = Folder(1, 2);

        CheckpointsCommand.Prune(_runs.Invocation(), folder, 1, 0, damaged: false, dryRun: true);

        Assert.Equal("would remove epoch-0001\n", _runs.Output);
        Assert.Equal(2, Directory.GetDirectories(folder.Checkpoints).Length);
    }

    public void Dispose() => _runs.Dispose();

    private RunFolder Folder(params int[] epochs)
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        foreach (var epoch in epochs)
        {
            _runs.Checkpoint(folder, epoch);
        }

        return folder;
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
