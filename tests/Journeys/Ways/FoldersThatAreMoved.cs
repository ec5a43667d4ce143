namespace MMOrleans.Journeys.Ways;

/// <summary>Runs and pictures, after a tidy-up of the disk.</summary>
public sealed class FoldersThatAreMoved(SharedRuns shared) : Journey(shared)
{
    [Fact]
    public async Task RunsAndPicturesGoElsewhereAndWorkGoesOnThere()
    {
        await Shared.WritePicturesAsync();
        Folder.Copy(Shared.Folders, Path.Combine(Shell.Folder, "pictures"));
        await using (
            // Named by a relative path.
            var training = Shell.Start(
                $"mm train --dataset image-folder --data-dir pictures {SharedRuns.Recipe} --trainers 1 --no-progress --name moved"
            )
        )
        {
            await training.SaysAsync("epoch=6/");
            training.PressControlC();
            await training.EndAsync(130);
        }

        await TypeAsync(
            "mkdir -p '../Neue Platte' && mv runs '../Neue Platte/alte Läufe' && mv pictures '../Neue Platte/Bilder'"
        );
        Shell.Go("../Neue Platte");

        (await TypeAsync("mm runs --output 'alte Läufe'")).Holding("moved", "stopped");
        // Where the pictures were there is nothing any more: what to do is said.
        (await TypeAsync("mm resume moved --output 'alte Läufe' --no-progress", exitCode: 5)).Holding(
            "--data-dir"
        );
        await TypeAsync("mm resume moved --output 'alte Läufe' --data-dir Bilder --no-progress");
        var hash = await HashAsync("moved", " --output 'alte Läufe'");
        Assert.Equal(await Shared.HashAsync(), hash);

        // The run knows now where they are.
        await TypeAsync("mm eval moved --output 'alte Läufe'");
        await TypeAsync("mm finetune moved --method tau-norm --output 'alte Läufe'");
        await TypeAsync(
            "mm finetune moved --method crt --epochs 1 --output 'alte Läufe' --data-dir Bilder --no-progress"
        );
        await TypeAsync("mm report moved --output 'alte Läufe' --data-dir Bilder");

        // And from elsewhere, with an absolute path.
        var place = Shell.Folder;
        Shell.Go("/tmp");
        await TypeAsync(
            $"mm resume moved --from epoch-0020 --output '{place}/alte Läufe' --no-progress --quiet"
        );
        Assert.Equal(hash, await HashAsync("moved", $" --output '{place}/alte Läufe'"));
        await TypeAsync($"mm eval moved --output '{place}/alte Läufe' --data-dir '{place}/Bilder'");
    }

    [Fact]
    public async Task VariablesNameTheFoldersAndNothingIsReadFromTheTerminal()
    {
        await Shared.WritePicturesAsync();
        Shell.Variables["MM_OUTPUT_DIR"] = Beside("Läufe 2026");
        Shell.Variables["MM_DATA_DIR"] = Shared.Folders;

        await TypeAsync(
            "mm train --dataset image-folder --set dataset.image_size=16 --method erm --epochs 2 --model resnet8 --batch-size 16 --trainers 1 --no-progress --no-input <&-"
        );
        Assert.False(Directory.Exists(Path.Combine(Shell.Folder, "runs")), "MM_OUTPUT_DIR was passed over");
        Shell.Go("deeper/than before");
        (await TypeAsync("mm runs <&-")).Holding("finished");
        await TypeAsync("mm eval latest <&-");
        await TypeAsync("mm resume latest --from epoch-0001 --no-progress <&-");
        await TypeAsync("mm finetune latest --method tau-norm <&-");
        (await TypeAsync("mm doctor <&-")).Holding("Läufe 2026");
        await TypeAsync("mm data verify image-folder", exitCode: 5);
    }
}
