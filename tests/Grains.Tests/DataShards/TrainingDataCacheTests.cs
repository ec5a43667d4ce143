using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using MMOrleans.Grains.DataShards;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.DataShards;

public sealed class TrainingDataCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrainingDataCache _cache = new();

    public TrainingDataCacheTests()
    {
        foreach (var split in (string[])["train", "test"])
        foreach (var name in (string[])["cat", "dog"])
            for (byte i = 0; i < 3; i++)
                Write(i, split, name, $"{i}.bmp");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunsThatDifferInNothingButTheirTrainingShareTheImages()
    {
        var first = await OpenAsync();

        var second = await _cache.OpenAsync(
            Specification() with
            {
                Seed = 2,
                Optimiser = new() { LearningRate = 0.5 },
                Dataset = Specification().Dataset with
                {
                    Flip = true,
                    CropPadding = 1,
                    Mean = [0.1, 0.2, 0.3],
                },
            },
            _folder.Path
        );

        Assert.Same(first.Test, second.Test);
    }

    [Fact]
    public async Task ImagesOfAnotherSizeAreReadAnew()
    {
        var first = await OpenAsync();

        var second = await _cache.OpenAsync(
            Specification() with
            {
                Dataset = Specification().Dataset with { ImageSize = 16 },
            },
            _folder.Path
        );

        Assert.Equal((8, 16), (first.Size.Width, second.Size.Width));
    }

    public static TheoryData<string> Changes =>
        ["added", "replaced", "removed", "renamed", "rewritten in place"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task AChangedFolderIsReadAnewByTheNextRunAndTheOneBeforeKeepsItsImages(string change)
    {
        var before = await OpenAsync();
        var manifest = before.ManifestHash;
        var one = _folder["train", "cat", "1.bmp"];
        switch (change)
        {
            case "added":
                Write(9, "train", "cat", "9.bmp");
                break;
            case "replaced": // by one of the same length and time, as cp -p and rsync -t leave it
                var time = File.GetLastWriteTimeUtc(one);
                Write(9, "new.bmp");
                File.SetLastWriteTimeUtc(_folder["new.bmp"], time);
                File.Move(_folder["new.bmp"], one, overwrite: true);
                break;
            case "removed":
                File.Delete(one);
                break;
            case "renamed":
                File.Move(one, _folder["train", "cat", "0a.bmp"]);
                Write(7, "train", "cat", "0.bmp");
                break;
            default:
                Write(9, "train", "cat", "1.bmp");
                break;
        }

        var after = await OpenAsync();

        Assert.NotEqual(manifest, after.ManifestHash);
        Assert.Equal(manifest, before.ManifestHash);
        Assert.Equal(6, before.Count(train: true));
    }

    [Fact]
    public async Task ALinkIsWhatItLeadsTo()
    {
        using var elsewhere = new TemporaryFolder();
        File.Move(_folder["train", "cat", "1.bmp"], elsewhere["1.bmp"]);
        File.CreateSymbolicLink(_folder["train", "cat", "1.bmp"], elsewhere["1.bmp"]);
        var before = await OpenAsync();

        File.WriteAllBytes(elsewhere["1.bmp"], Bitmap(9));

        Assert.NotEqual(before.ManifestHash, (await OpenAsync()).ManifestHash);
    }

    [Fact]
    public async Task ARunThatHasBegunTakesTheImagesThatAreOpenWhateverBecameOfTheFiles()
    {
        var run = await OpenAsync();
        Directory.Delete(_folder["train"], recursive: true);

        var trainer = await _cache.OpenAsync(Specification(), _folder.Path, run.ManifestHash);

        Assert.Same(run.Test, trainer.Test);
    }

    [Fact]
    public async Task OtherImagesThanARunBeganWithAreRefused()
    {
        var other = await Assert.ThrowsAsync<OtherImagesException>(() =>
            _cache.OpenAsync(Specification(), _folder.Path, new string('0', 64))
        );

        Assert.Contains("000000000000", other.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImagesThatNoRunUsesLeaveTheMemoryExceptForTheNewest()
    {
        var (first, second) = (await OpenAndLetGoAsync(1), await OpenAndLetGoAsync(2));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(first.TryGetTarget(out _));
        Assert.True(second.TryGetTarget(out _));
    }

    [Fact]
    public async Task TwoWhoAskAtOnceReadOnce()
    {
        var both = await Task.WhenAll(OpenAsync(), OpenAsync());

        Assert.Same(both[0].Test, both[1].Test);
    }

    [Fact]
    public async Task OneWhoGivesUpTakesNothingFromAnother()
    {
        using var impatience = new CancellationTokenSource();
        var impatient = _cache.OpenAsync(Specification(), _folder.Path, impatience.Token);
        var patient = OpenAsync();
        await impatience.CancelAsync();

        Assert.Equal(6, (await patient).Count(train: true));
        try
        {
            await impatient; // it may have been ready before
        }
        catch (OperationCanceledException)
        {
            Assert.True(impatience.IsCancellationRequested);
        }
    }

    [Fact]
    public async Task OneWhoHasGivenUpBeforehandGetsNothing()
    {
        var given = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _cache.OpenAsync(Specification(), _folder.Path, given)
        );
        Assert.Equal(6, (await OpenAsync()).Count(train: true));
    }

    [Fact]
    public async Task WhatCouldNotBeReadIsTriedAgain()
    {
        File.WriteAllText(_folder["train", "cat", "1.bmp"], "no image");
        await Assert.ThrowsAsync<FaultException>(OpenAsync);
        Write(1, "train", "cat", "1.bmp");

        Assert.Equal(6, (await OpenAsync()).Count(train: true));
    }

    private Task<TrainingData> OpenAsync() => _cache.OpenAsync(Specification(), _folder.Path);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference<object>> LetGoAsync(TrainingDataCache cache, long seed)
    {
        var data = await cache.OpenAsync(LocalRun.Specification() with { Seed = seed }, null);
        return new(data.Test);
    }

    private Task<WeakReference<object>> OpenAndLetGoAsync(long seed) => LetGoAsync(_cache, seed);

    private static RunSpecification Specification() =>
        LocalRun.Specification() with
        {
            Dataset = LocalRun.Specification().Dataset with { Name = "image-folder", ImageSize = 8 },
            Imbalance = new() { Kind = "none" },
        };

    private void Write(byte shade, params ReadOnlySpan<string> parts)
    {
        var path = _folder[[.. parts]];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Bitmap(shade));
    }

    /// <summary>A bitmap of 8 × 8 pixels of one shade.</summary>
    private static byte[] Bitmap(byte shade)
    {
        const int Header = 54;
        var file = new byte[Header + (8 * 8 * 3)];
        file.AsSpan(Header).Fill((byte)(20 * shade));
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), 8);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        return file;
    }
}
