namespace MMOrleans.Journeys.Ways;

/// <summary>The same on a cluster of two silos, each a process.</summary>
public sealed class OnTwoSilos(SharedRuns shared) : Journey(shared)
{
    private const string Token = "operator-of-the-journeys";

    private TestCluster? _cluster;

    [Theory]
    [InlineData("Localhost")]
    [InlineData("Redis")]
    public async Task ARunIsTrainedBrokenOffAskedAndGoneOnWithAsInOneProcess(string clustering)
    {
        var hash = await Shared.HashAsync();
        Folder.Copy(Shared.Folders, Beside("data/meine Bilder"));
        var tokens = Beside("tokens");
        await File.WriteAllTextAsync(tokens, $"operator {Token}\n");
        await File.WriteAllTextAsync(Beside("my token"), Token);
        _cluster = await TestCluster.StartAsync(
            Enum.Parse<Clustering>(clustering),
            2,
            "--data",
            Beside("data"),
            "--token-file",
            tokens
        );
        var cluster = $"--cluster {_cluster.Address}";

        (await TypeAsync($"mm cluster status {cluster}")).Holding("2 free", "not used yet: each other");
        (await TypeAsync($"mm cluster silos {cluster}")).Holding("silo-0", "silo-1");
        var train =
            $"mm train --dataset image-folder --data-dir '{Beside("data/meine Bilder")}' {SharedRuns.Recipe} --no-progress {cluster}";
        (await TypeAsync($"{train} --trainers 2 --dry-run")).Holding("75 of 75");
        string resume;
        await using (var training = Shell.Start($"{train} --trainers 2 --name together --on-interrupt stop"))
        {
            await training.SaysAsync("epoch=2/");
            training.PressControlC();
            resume = (await training.EndAsync(130)).Command("mm resume");
        }

        (await TypeAsync($"mm cluster status {cluster}")).Holding("memory: each other");

        await TypeAsync($"{resume} --trainers 1 --wait 30s --no-progress");
        Assert.Equal(hash, await HashAsync("together", $" {cluster}"));

        // Sent off, and looked at with the address in a variable.
        Shell.Variables["MM_CLUSTER"] = _cluster.Address;
        var id = (await TypeAsync($"{train} --trainers 2 --name sent --detach --quiet")).Printed.Trim();
        await TypeAsync($"mm watch {id} --no-progress");
        Assert.Equal(hash, await HashAsync("sent"));
        (await TypeAsync("mm runs")).Holding("sent", "together");
        await TypeAsync($"mm logs {id} | head -1");
        await TypeAsync($"mm why {id}");
        await TypeAsync("mm compare sent together");
        using (
            var http = new HttpClient
            {
                BaseAddress = _cluster.Silos[1].Rest,
                Timeout = TimeSpan.FromMinutes(1),
                DefaultRequestHeaders = { Authorization = new("Bearer", Token) },
            }
        )
            await PagesAndReports.LookAsync(http, "sent", hash);

        // Over HTTP, from outside.
        Shell.Variables["MM_CLUSTER"] = _cluster.Silos[1].Rest.ToString();
        await TypeAsync("mm runs", exitCode: 4);
        (await TypeAsync($"mm runs --token-file '{Beside("my token")}'")).Holding("sent", "together");
        Shell.Variables["MM_TOKEN"] = Token;
        Assert.Equal(hash, await HashAsync("sent"));
        (await TypeAsync("mm cluster drain silo-1")).Holding("silo-1");
    }

    private protected override async Task LeaveAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}
