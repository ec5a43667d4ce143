namespace MMOrleans.Journeys.Ways;

/// <summary>From a written configuration to a run; and what the program says of itself.</summary>
public sealed class FilesThatConfigure(SharedRuns shared) : Journey(shared)
{
    private const string Everything =
        "--preset own-images --seed 3 --dataset image-folder --imbalance none --ratio 1 --method erm --model resnet8 --epochs 2 --batch-size 16 --max-time 1h --lr 0.05 --slots 4 --trainers 1 --device cpu --wait 30s --resume never --set dataset.image_size=16 --tag from=file";

    [Fact]
    public async Task AConfigurationIsWrittenCheckedTrainedAndExplained()
    {
        await Shared.WritePicturesAsync();
        var all = $"{Everything} --data-dir '{Shared.Folders}'";

        await TypeAsync($"mm config init 'my run.yaml' {all} --output runs --name written");
        (await TypeAsync("mm config init 'my run.yaml'", exitCode: 9)).Holding("not overwritten");
        await TypeAsync("mm config check 'my run.yaml'");
        (
            await TypeAsync($"mm config check 'my run.yaml' --origins {all} --output runs --name checked")
        ).Holding("--epochs");
        (await TypeAsync("mm train 'my run.yaml' --dry-run")).Holding("75 of 75");
        await TypeAsync("mm train 'my run.yaml' --no-progress");
        (await TypeAsync("mm runs --tag from=file")).Holding("written");
        Assert.NotEmpty((await TypeAsync("mm config schema")).Json["properties"]!.AsObject());
        (await TypeAsync("mm config explain")).Holding("optimiser.lr");
        (await TypeAsync("mm config explain optimiser.lr")).Holding("--lr");
        await TypeAsync("mm config init > tiny.yaml");
        await TypeAsync("mm config check tiny.yaml");
        await TypeAsync("mm train tiny.yaml --dry-run");
        (await TypeAsync("mm config check 'no such.yaml'", exitCode: 2)).Holding("mm config init");
    }

    [Fact]
    public async Task TheProgramSaysWhatItIsAndWhatWordsThereAre()
    {
        (await TypeAsync("mm --version")).Holding("mm ", "commit");
        (await TypeAsync("mm --help")).Holding("train", "completion");
        foreach (var verb in CommandTree.All.Where(flag => flag.Flag.Length == 0))
            await TypeAsync($"mm {verb.Verb} --help");

        await TypeAsync("mm doctor --json");
        (await TypeAsync("mm explain MM2001")).Holding("Fix");
        (await TypeAsync("mm explain MM0000", exitCode: 3)).Holding("MM0000");
        foreach (var shell in (string[])["bash", "zsh", "fish"])
            await TypeAsync($"mm completion {shell}");
        (
            await TypeAsync(
                "source <(mm completion bash) && COMP_LINE='mm config ex' COMP_POINT=12 COMP_WORDS=(mm config ex) COMP_CWORD=2 && _mm_complete && echo \"${COMPREPLY[0]}\""
            )
        ).Holding("explain");
        (await TypeAsync("mm trian", exitCode: 2)).Holding("mm train");
        (await TypeAsync("mm train --color never --verbose --epoch 3", exitCode: 2)).Holding("--epochs");
    }
}
