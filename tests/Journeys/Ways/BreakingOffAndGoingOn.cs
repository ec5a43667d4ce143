namespace MMOrleans.Journeys.Ways;

/// <summary>Ctrl-C, and on from there.</summary>
public sealed class BreakingOffAndGoingOn(SharedRuns shared) : Journey(shared)
{
    [Fact]
    public async Task ARunThatIsInterruptedGoesOnAsItSaidAndEndsAsIfItHadNotBeen()
    {
        await Shared.WritePicturesAsync();
        await InterruptAsync("broken-off", 130, line => line.PressControlC());
        var shown = await TypeAsync("mm show broken-off");

        // Pasted as it was printed, but for the number of trainers, which is not part of the result.
        await TypeAsync($"{shown.Command("mm resume")} --trainers 1 --device cpu --no-progress");

        var hash = await HashAsync("broken-off");
        Assert.Equal(await Shared.HashAsync(), hash);

        (await TypeAsync("mm resume latest", exitCode: 2)).Holding("is finished");
        await TypeAsync("mm resume latest --from epoch-0005 --trainers 2 --no-progress --quiet");
        Assert.Equal(hash, await HashAsync("latest"));

        await TypeAsync("mm resume latest --from epoch-0005 --set train.epochs=31", exitCode: 2);

        // One folder up, the runs named by hand, the pictures too.
        Shell.Go("..");
        await TypeAsync(
            $"mm resume broken-off --from epoch-0025 --output 'Arbeit übers Jahr/runs' --data-dir '{Shared.Folders}' --no-progress"
        );
        Assert.Equal(hash, await HashAsync("broken-off", " --output 'Arbeit übers Jahr/runs'"));
    }

    [Fact]
    public async Task SigtermSavesAndAKilledRunGoesOnFromItsLastCheckpoint()
    {
        await Shared.WritePicturesAsync();
        var resume = await InterruptAsync("terminated", 143, line => line.Terminate());
        await using (var again = Shell.Start($"{resume} --no-progress"))
        {
            await again.SaysAsync("epoch=12/");
            again.Kill();
            await again.EndAsync(137);
        }

        (await TypeAsync("mm runs")).Holding("interrupted");
        (await TypeAsync("mm why terminated")).Holding("mm resume");
        await TypeAsync("mm resume terminated --no-progress");
        Assert.Equal(await Shared.HashAsync(), await HashAsync("terminated"));
    }

    /// <summary>Trains until the first epochs are told, and sends a signal.</summary>
    /// <returns>The command that the run said it goes on with.</returns>
    private async Task<string> InterruptAsync(string name, int exitCode, Action<TypedLine> signal)
    {
        await using var training = Shell.Start(
            $"mm train --dataset image-folder --data-dir '{Shared.Folders}' {SharedRuns.Recipe} --trainers 2 --no-progress --name {name}"
        );
        await training.SaysAsync("epoch=2/");
        signal(training);
        var left = await training.EndAsync(exitCode);
        return left.Holding("Saved as ", "Go on with: mm resume").Command("mm resume");
    }
}
