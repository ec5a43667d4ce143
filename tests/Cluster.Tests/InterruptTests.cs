using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>A run in one process, and somebody who does not want to wait for its end.</summary>
public class InterruptTests
{
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
}
