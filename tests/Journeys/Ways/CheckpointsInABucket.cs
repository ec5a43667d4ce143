using MMOrleans.Silo.Tests.ObjectStores;

namespace MMOrleans.Journeys.Ways;

/// <summary>A run whose folder is lost, and whose bucket is not.</summary>
public sealed class CheckpointsInABucket(SharedRuns shared, S3Server server)
    : Journey(shared),
        IClassFixture<S3Server>
{
    [Fact]
    public async Task WhatWasLostIsFetchedAndWorkGoesOnWithIt()
    {
        server.Require();
        await Shared.WritePicturesAsync();
        Shell.Variables["MM_SET__CHECKPOINT__PATH"] = $"s3://{S3Server.Bucket}/ways";

        (await TypeAsync("mm doctor")).Holding(S3Server.Bucket);
        await TypeAsync(
            $"mm train --dataset image-folder --data-dir '{Shared.Folders}' --set dataset.image_size=16 --method erm --epochs 3 --model resnet8 --batch-size 16 --trainers 1 --no-progress --name kept"
        );
        var hash = await HashAsync("kept");
        await TypeAsync("rm -r runs/r-*/checkpoints");
        (await TypeAsync("mm checkpoints fetch kept --checkpoint epoch-0002 --output runs")).Holding(
            "epoch-0002"
        );
        await TypeAsync("mm checkpoints verify kept");
        await TypeAsync("mm resume kept --from epoch-0002 --no-progress --quiet");
        Assert.Equal(hash, await HashAsync("kept"));
    }
}
