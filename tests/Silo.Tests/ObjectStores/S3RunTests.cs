using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Tests;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo.ObjectStores;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Tests.ObjectStores;

// Beside others: what a traced run tells is listened to for the whole process.
[Collection("telemetry")]
public sealed class S3RunTests(S3Server server) : IClassFixture<S3Server>
{
    [Fact]
    public async Task ARunWhoseFolderLostItsCheckpointsGoesOnFromTheBucketToTheSameState()
    {
        server.Require();
        using var folder = new TemporaryFolder();
        var place = $"s3://{S3Server.Bucket}/lost";
        var unbroken = await LocalRun.TrainAsync(
            folder.Path,
            LocalRun.Specification(),
            1,
            settings: new()
            {
                Name = "test",
                Checkpoints = new() { Place = place },
            }
        );
        // As if the last upload had been cut before its manifest, and the next machine had no volume.
        using var stores = new S3ObjectStores();
        var bucket = stores.Open(new(S3Server.Bucket, "lost"));
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(2 * 4, (await bucket.ListAsync("lost/r-test01/", token)).Count);
        await bucket.DeleteAsync("lost/r-test01/epoch-0002/checkpoint.json", token);
        var checkpoints = Path.Combine(folder.Path, "r-test01", "checkpoints");
        Directory.Delete(checkpoints, recursive: true);

        var resumed = await LocalRun.ResumeAsync(folder.Path, 1);

        Assert.Equal(unbroken.StateSha256, resumed.StateSha256);
        Assert.True(Directory.Exists(Path.Combine(checkpoints, "epoch-0001")));
        Assert.Contains(
            await bucket.ListAsync("lost/r-test01/", token),
            o => o.Key == "lost/r-test01/epoch-0002/checkpoint.json"
        );
    }

    [Fact]
    public async Task ABucketThatIsNotThereRefusesTheRunWhole()
    {
        server.Require();
        using var folder = new TemporaryFolder();
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = 1,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );

        var answer = await cluster
            .Grains.GetGrain<IRunGrain>("r-test01")
            .SubmitAsync(
                new(
                    "r-test01",
                    SpecificationDocument.Write(LocalRun.Specification()),
                    new()
                    {
                        Name = "test",
                        Checkpoints = new() { Place = "s3://no-such-bucket/runs" },
                    }
                )
            );

        Assert.Equal("MM5006", answer.Fault?.Code);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "r-test01")));
    }
}
