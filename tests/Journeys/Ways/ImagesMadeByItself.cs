namespace MMOrleans.Journeys.Ways;

/// <summary>Without any data.</summary>
public sealed class ImagesMadeByItself(SharedRuns shared) : Journey(shared)
{
    private const string Small =
        "--preset tiny --dataset synthetic --imbalance exp --ratio 100 --epochs 2 --model resnet8 --seed 4 --slots 2 --lr 0.05";

    [Fact]
    public async Task TheFirstCommandsOfANewUserWork()
    {
        (await TypeAsync("mm train --smoke --model resnet8")).Holding("smoke ok");
        Assert.False(Directory.Exists(Path.Combine(Shell.Folder, "runs")), "--smoke left runs");
        (
            await TypeAsync(
                $"mm train {Small} --max-time 1h --device cpu --wait 5s --resume never --tag exam=1 --on-interrupt stop --output 'my runs' --no-progress --fail-under few=0.99 --trainers 2 --name small --color never --verbose",
                exitCode: 8
            )
        ).Holding("--fail-under");
        await TypeAsync(
            $"mm train {Small} --fork-from small@epoch-0001 --output 'my runs' --no-progress --name forked"
        );
        Assert.Equal(
            await HashAsync("small", " --output 'my runs'"),
            await HashAsync("forked", " --output 'my runs'")
        );

        var limited = await TypeAsync(
            $"mm train {Small} --epochs 500 --max-time 1s --no-progress --quiet",
            exitCode: 2
        );
        limited.Holding("--epochs");
    }

    [Fact]
    public async Task ATableIsReproducedBrokenOffAndFinished()
    {
        const string table =
            "mm reproduce table1 --rows mm,mm-drw --columns cifar10-lt-100 --seeds 1 --fork --dataset synthetic --model resnet8 --epochs 6 --ratio 100 --imbalance exp --batch-size 128 --lr 0.1 --slots 4 --device cpu --wait 10s --max-time 1h --resume auto --output runs --set checkpoint.every='1 epoch' --tag table=1 --no-progress";
        await using (var first = Shell.Start($"{table} --trainers 2"))
        {
            await first.SaysAsync("epoch=2/");
            first.PressControlC();
            await first.EndAsync(130);
        }

        await TypeAsync($"{table} --trainers 1");
        var again = await TypeAsync($"{table} --trainers 1 --quiet");
        again.Holding("mm-drw", "SCALED SCHEDULE");
        Assert.True(File.Exists(Path.Combine(Shell.Folder, "runs", "table1", "table1.md")));
        Assert.Equal(2, (await TypeAsync("mm runs --json")).Json["runs"]!.AsArray().Count);
    }

    [Fact]
    public async Task ATablesCellsAreTrainedOnPicturesOfOnesOwn()
    {
        await Shared.WritePicturesAsync();
        var table = await TypeAsync(
            $"mm reproduce table1 --rows erm --dataset image-folder --data-dir '{Shared.Folders}' --imbalance none --ratio 1 --epochs 2 --model resnet8 --batch-size 16 --set dataset.image_size=16 --trainers 1 --json --no-progress"
        );
        table.Holding("image-folder");
    }
}
