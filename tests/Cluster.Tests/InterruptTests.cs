using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests;

/// <summary>A run in one process, and somebody who does not want to wait for its end.</summary>
public class InterruptTests
{
    private const int HungUp = 129;
    private const int Interrupted = 130;
    private const int Terminated = 143;

    [Fact]
    public async Task ASecondSignalEndsAProcessThatComputesWithItsExitCodeAndNoCrash()
    {
        var left = 0;
        // A run may have ended before the second signal arrives, and a crash needs a computation in the wrong moment.
        for (var attempt = 0; attempt < 8 && left < 2; attempt++)
        {
            using var folder = new TemporaryFolder();
            await using var mm = new ChildProcess(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "mm.dll"),
                    "train",
                    "--preset",
                    "tiny",
                    "--no-progress",
                ],
                folder.Path
            );
            await mm.SaysAsync("epoch=1/", TimeSpan.FromSeconds(60));

            mm.Ask();
            await Task.Delay(20, TestContext.Current.CancellationToken); // two of a kind at once are one
            mm.Ask();

            Assert.Equal(Terminated, await mm.EndAsync(TimeSpan.FromSeconds(30)));
            if (mm.Output.Contains("Left at once", StringComparison.Ordinal))
                left++;
        }

        Assert.Equal(2, left);
    }

    /// <summary>From before the runtime is up until the run is under way.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(400)]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(4000)]
    public async Task InterruptAtAnyMomentEndsTheProcessAndLeavesNoHalfARun(int milliseconds)
    {
        using var folder = new TemporaryFolder();
        await using var mm = Mm(folder, "train", "--preset", "tiny", "--epochs", "100000", "--no-progress");
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);

        mm.PressControlC();
        var code = await mm.EndAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(Interrupted, code);
        var runs = Path.Combine(folder.Path, "runs");
        foreach (var run in Directory.Exists(runs) ? Directory.GetDirectories(runs) : [])
        {
            var record = RunRecord.Read(Path.Combine(run, "run.json"));
            Assert.Equal(RunStatus.Stopped, record.Status);
            Assert.Contains(
                record.LastCheckpoint is { } name
                    ? $"Saved as {name}. Go on with: mm resume"
                    : "Nothing is saved",
                mm.Output,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task ClosedTerminalSavesTheRunAndItsLogSaysSo()
    {
        using var folder = new TemporaryFolder();
        await using var mm = Mm(folder, "train", "--preset", "tiny", "--epochs", "100000", "--no-progress");
        await mm.SaysAsync("epoch=1/", TimeSpan.FromSeconds(60));

        mm.HangUp();

        Assert.Equal(HungUp, await mm.EndAsync(TimeSpan.FromSeconds(60)));
        var run = new RunCatalogue(Path.Combine(folder.Path, "runs")).Resolve("latest");
        Assert.NotNull(RunRecord.Read(run.Record).LastCheckpoint);
        Assert.Contains(
            "is asked to stop: hangup",
            await File.ReadAllTextAsync(run.Log),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ClosedTerminalIsIgnoredUnderNohup()
    {
        using var folder = new TemporaryFolder();
        await using var mm = new ChildProcess(
            "nohup",
            ["dotnet", MmDll, "train", "--preset", "tiny", "--epochs", "100000", "--no-progress"],
            folder.Path
        );
        await mm.SaysAsync("epoch=1/", TimeSpan.FromSeconds(60));

        mm.HangUp();
        await mm.SaysAsync("epoch=9/", TimeSpan.FromSeconds(60));
        mm.Ask();

        Assert.Equal(Terminated, await mm.EndAsync(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData("logs -f latest")]
    [InlineData("watch latest --json")]
    public async Task VerbThatPrintsOnAndOnEndsWithItsReader(string verb)
    {
        using var folder = new TemporaryFolder();
        await using var mm = Mm(folder, "train", "--preset", "tiny", "--epochs", "100000", "--no-progress");
        await mm.SaysAsync("epoch=1/", TimeSpan.FromSeconds(60));

        await using var piped = new ChildProcess(
            "bash",
            ["-c", $"dotnet '{MmDll}' {verb} | head -1; echo ended ${{PIPESTATUS[0]}}"],
            folder.Path
        );
        await piped.SaysAsync("ended 0", TimeSpan.FromSeconds(60));

        Assert.Equal(2, piped.Output.TrimEnd().Split('\n').Length);
        Assert.False(mm.HasExited);
    }

    private static string MmDll => Path.Combine(AppContext.BaseDirectory, "mm.dll");

    private static ChildProcess Mm(TemporaryFolder folder, params string[] arguments) =>
        new("dotnet", [MmDll, .. arguments], folder.Path);
}
