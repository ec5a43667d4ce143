using MMOrleans.Learning.Tests.Datasets;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>Real faults of runs in one process, and what <c>mm why</c> says of them.</summary>
public sealed class WhyFaultsTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task ALossThatDivergesIsToldWithTheGradientsBeforeIt()
    {
        await TrainAsync("train --epochs 3 --model resnet8 --lr 3000 --method erm", exitCode: 1);

        var why = await WhyAsync("a learning rate of 3000");

        Says(why, "MM4003, loss is not finite", "first seen   trainer local/t", "learning rate was ");
        Says(why, "the last good one", "--set optimiser.clip_norm=5");
    }

    [Fact]
    public async Task AnImageThatCannotBeReadIsToldByName()
    {
        SomeImages.WriteFolders(Path.Combine(_folder.Path, "images"));
        var broken = Path.Combine(_folder.Path, "images", "train", "dog", "004.png");
        File.WriteAllBytes(broken, [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]); // how a JPEG begins
        await TrainAsync(
            "train --dataset image-folder --data-dir images --epochs 1 --model resnet8 --ratio 1 --set dataset.on_bad_image=skip"
        );

        var why = await WhyAsync("train/dog/004.png cut after the first bytes of a JPEG");

        Says(why, "1 image could not be read and was left out (MM2005)", "train/dog/004.png");
    }

    [Fact]
    public async Task ADamagedCheckpointIsToldWithWhatWasUsedInstead()
    {
        await TrainAsync("train --epochs 2 --model resnet8");
        var checkpoint = Path.Combine(Run, "checkpoints", "epoch-0002", "model.safetensors");
        var bytes = File.ReadAllBytes(checkpoint);
        bytes[4000] ^= 1;
        File.WriteAllBytes(checkpoint, bytes);
        // As a process leaves it that is killed before it has said that it is done.
        var record = Path.Combine(Run, "run.json");
        (RunRecord.Read(record) with { Status = RunStatus.Running, Ended = null }).Write(record);
        await TrainAsync("resume latest");

        var why = await WhyAsync("one bit of epoch-0002/model.safetensors flipped, then mm resume");

        Says(why, "Checkpoint epoch-0002 is damaged and was passed over", "MM5001");
        Says(why, "epoch-0001 was used", "mm checkpoints verify");
    }

    public void Dispose() => _folder.Dispose();

    private string Run => new RunCatalogue(Path.Combine(_folder.Path, "runs")).Resolve("latest").Path;

    private async Task TrainAsync(string line, int exitCode = 0)
    {
        var run = await CommandRun.OfAsync(line, folder: _folder.Path);
        Assert.True(run.ExitCode == exitCode, run.Error);
    }

    private async Task<string> WhyAsync(string what)
    {
        var why = await CommandRun.OfAsync("why latest", folder: _folder.Path);
        output.WriteLine($"## {what}\n{why.Output}");
        Assert.Equal((0, ""), (why.ExitCode, why.Error));
        return why.Output;
    }

    private static void Says(string why, params string[] words) =>
        Assert.All(words, said => Assert.Contains(said, why, StringComparison.Ordinal));
}
