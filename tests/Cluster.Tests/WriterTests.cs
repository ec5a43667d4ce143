using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>Processes that want to write into the folder of one run.</summary>
public sealed class WriterTests : IDisposable
{
    private const int Refused = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ProcessOfAnotherPidNamespaceIsRefusedByNameAndGoesOnWhenTheWriterWasKilled()
    {
        string[] apart = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
        await using (var probe = new ChildProcess("unshare", [.. apart, "true"], _folder.Path))
            if (await probe.EndAsync(Patience) != 0)
                Assert.Skip($"no PID namespaces here: {probe.Output}");
        await using var training = Mm("train", "--preset", "tiny", "--epochs", "2000", "--no-progress");
        await training.SaysAsync("epoch=2/", Patience);

        await using var second = new ChildProcess(
            "unshare",
            [.. apart, "dotnet", MmDll, "resume", "latest", "--no-progress"],
            _folder.Path
        );
        var code = await second.EndAsync(Patience);

        Assert.Equal(Refused, code);
        Assert.Contains("MM3006", second.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"is being trained by process {training.Id} of another container or PID namespace on {Environment.MachineName} since",
            second.Output,
            StringComparison.Ordinal
        );
        training.KillNow();
        await training.EndAsync(Patience);
        await using var third = new ChildProcess(
            "unshare",
            [.. apart, "dotnet", MmDll, "resume", "latest", "--no-progress"],
            _folder.Path
        );
        await third.SaysAsync("resumed from epoch-", Patience);
    }

    [Fact]
    public async Task OfTwoResumptionsAtTheSameInstantExactlyOneWins()
    {
        await using (var training = Mm("train", "--preset", "tiny", "--epochs", "2000", "--no-progress"))
        {
            await training.SaysAsync("epoch=2/", Patience);
            training.KillNow();
            await training.EndAsync(Patience);
        }

        await using var one = Mm("resume", "latest", "--no-progress");
        await using var other = Mm("resume", "latest", "--no-progress");

        while (!one.HasExited && !other.HasExited)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        var (loser, winner) = one.HasExited ? (one, other) : (other, one);
        Assert.Equal(Refused, await loser.EndAsync(Patience));
        Assert.Contains(
            $"is being trained by process {winner.Id} on",
            loser.Output,
            StringComparison.Ordinal
        );
        await winner.SaysAsync("resumed from epoch-", Patience);
    }

    private static string MmDll => Path.Combine(AppContext.BaseDirectory, "mm.dll");

    private ChildProcess Mm(params string[] arguments) => new("dotnet", [MmDll, .. arguments], _folder.Path);
}
