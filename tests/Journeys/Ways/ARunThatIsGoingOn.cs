namespace MMOrleans.Journeys.Ways;

/// <summary>From a second terminal.</summary>
public sealed class ARunThatIsGoingOn(SharedRuns shared) : Journey(shared)
{
    [Fact]
    public async Task ItIsWatchedAskedAndStoppedFromAnotherTerminal()
    {
        await Shared.WritePicturesAsync();
        await using var training = Shell.Start(
            $"mm train --dataset image-folder --data-dir '{Shared.Folders}' --set dataset.image_size=16 --epochs 5000 --model resnet8 --batch-size 16 --method erm --trainers 1 --no-progress --name long --tag kind=long --set checkpoint.every='1 epoch'"
        );
        await training.SaysAsync("epoch=2/");

        await using var following = Shell.Start("mm logs long --follow");
        await using var watching = Shell.Start("mm watch latest --no-progress");
        await watching.SaysAsync("epoch=");
        watching.PressControlC();
        (await watching.EndAsync(130)).Holding("mm watch");

        (await TypeAsync("mm runs --status running")).Holding("long", "running");
        Assert.Equal("running", (string?)(await TypeAsync("mm show long --json")).Json["status"]);
        (await TypeAsync("mm runs --sort accuracy --limit 1 --tag kind=long --output runs")).Holding("long");
        Assert.Single((await TypeAsync("mm logs long | head -1")).Printed.TrimEnd().Split('\n'));
        await TypeAsync("mm logs long --since 1h --trainer local/t0 --level debug --output runs --json");
        await TypeAsync("mm why long --output runs");
        await TypeAsync("mm checkpoints list long --output runs");
        await TypeAsync("mm resume long", exitCode: 2);

        (await TypeAsync("mm stop long --output runs")).Holding("mm resume");
        var stopped = await training.EndAsync(7);
        await following.EndAsync();
        (await TypeAsync("mm stop long")).Holding("nothing to stop");

        await using var again = Shell.Start($"{stopped.Command("mm resume")} --no-progress");
        await again.SaysAsync("epoch=");
        await TypeAsync("mm stop latest --now");
        await again.EndAsync(7);
    }

    [Fact]
    public async Task AFinishedRunIsLookedAtFromEverySide()
    {
        await Shared.CopyToAsync(Path.Combine(Shell.Folder, "runs"));

        (await TypeAsync("mm runs")).Holding("whole", "finished");
        (await TypeAsync("mm show whole")).Holding("state", "checkpoints");
        (await TypeAsync("mm show whole --config --origins --output runs")).Holding("# from --epochs");
        (await TypeAsync("mm watch whole --output runs")).Holding("finished");
        (await TypeAsync("mm why whole --json")).Holding("goodput");
        await TypeAsync("mm why whole");
        await TypeAsync("mm logs whole | head -1");

        // The configuration that a run prints starts the same run.
        await TypeAsync("mm show whole --config > again.yaml");
        await TypeAsync("mm config check again.yaml");
        await TypeAsync("mm train again.yaml --name again --no-progress --quiet");
        Assert.Equal(await Shared.HashAsync(), await HashAsync("again"));
        (await TypeAsync("mm compare whole again --figure --output runs")).Holding("light house");
        Assert.True(File.Exists(Path.Combine(Shell.Folder, "compare", "class_error.svg")));

        (await TypeAsync("mm checkpoints list whole")).Holding("epoch-0030");
        (await TypeAsync("mm checkpoints verify whole --output runs")).Holding("intact");
        (
            await TypeAsync("mm checkpoints prune whole --keep-last 1 --keep-best 0 --dry-run --output runs")
        ).Holding("epoch-0025");
        await TypeAsync("mm checkpoints prune whole --keep-last 2 --keep-best 0");
        var id = (string)(await TypeAsync("mm show whole --json")).Json["id"]!;
        var newest = Path.Combine(Shell.Folder, "runs", id, "checkpoints", "epoch-0030");
        await using (var model = File.OpenWrite(Path.Combine(newest, "model.safetensors")))
        {
            model.Position = model.Length - 1;
            model.WriteByte(0xA5);
        }

        (await TypeAsync("mm checkpoints verify whole", exitCode: 6)).Holding("epoch-0030");
        await TypeAsync("mm checkpoints prune whole --damaged");
        await TypeAsync("mm checkpoints verify whole");
        await TypeAsync("mm resume whole --from epoch-0025 --no-progress --quiet");
        Assert.Equal(await Shared.HashAsync(), await HashAsync("whole"));
    }
}
