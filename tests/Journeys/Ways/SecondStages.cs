using System.Text.Json.Nodes;

namespace MMOrleans.Journeys.Ways;

/// <summary>Another classifier on a trained backbone.</summary>
public sealed class SecondStages(SharedRuns shared) : Journey(shared)
{
    [Fact]
    public async Task ClassifiersAreTrainedAndComputedOnAFinishedRun()
    {
        await Shared.CopyToAsync(Path.Combine(Shell.Folder, "runs"));

        await TypeAsync(
            $"mm finetune whole --method crt --name crt-1 --epochs 2 --batch-size 16 --lr 0.02 --seed 5 --slots 4 --trainers 1 --device cpu --max-time 1h --wait 10s --tag stage=2 --no-progress"
        );
        await TypeAsync(
            $"mm finetune whole --method crt --name crt-2 --epochs 2 --batch-size 16 --lr 0.02 --seed 5 --trainers 2 --no-progress --data-dir '{Shared.Folders}' --checkpoint epoch-0030"
        );
        Assert.Equal(await HashAsync("crt-1"), await HashAsync("crt-2"));

        await TypeAsync("mm finetune whole --method tau-norm --tau 0.5 --name tau --no-progress");
        await TypeAsync(
            "mm finetune whole --method ncm --feature l2n --distance cos --name ncm --output runs"
        );
        await TypeAsync(
            "mm finetune whole --method lws --name lws --epochs 1 --set checkpoint.every='1 epoch' --no-progress --quiet"
        );

        var listed = (await TypeAsync("mm runs --json --tag stage")).Json["runs"]!.AsArray();
        Assert.Equal("crt-1", (string?)Assert.Single(listed)!["name"]);
        (await TypeAsync("mm compare whole tau ncm")).Holding("tau", "ncm");
        foreach (var run in (string[])["crt-1", "tau", "ncm", "lws"])
        {
            var kept = (double)(await TypeAsync($"mm show {run} --json")).Json["metrics"]!["accuracy"]!;
            var evaluated = await TypeAsync($"mm eval {run} --json");
            Assert.Equal(kept, (double)evaluated.Json["metrics"]!["accuracy"]!);
        }
    }

    [Fact]
    public async Task ASecondStageIsBrokenOffAndGoesOn()
    {
        await Shared.CopyToAsync(Path.Combine(Shell.Folder, "runs"));
        const string recipe = "mm finetune whole --method crt --epochs 60 --batch-size 16 --no-progress";
        await using (var training = Shell.Start($"{recipe} --trainers 2 --name broken-off"))
        {
            await training.SaysAsync("epoch=2/");
            training.PressControlC();
            var left = await training.EndAsync(130);
            await TypeAsync($"{left.Command("mm resume")} --trainers 1 --no-progress");
        }

        await TypeAsync($"{recipe} --trainers 1 --name unbroken");
        Assert.Equal(await HashAsync("unbroken"), await HashAsync("broken-off"));
    }
}
