using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class FilePieceTests
{
    [Fact]
    public async Task StretchIsCutAtTheFilesEnd()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "run.json");
        await File.WriteAllBytesAsync(path, [1, 2, 3, 4, 5], TestContext.Current.CancellationToken);

        Assert.Equal([3, 4], await ReadAsync(path, 2, 2));
        Assert.Equal([5], await ReadAsync(path, 4, 100));
        Assert.Empty(await ReadAsync(path, 9, 100));
    }

    [Fact]
    public async Task FileThatWasRemovedSinceItWasListedHasNoBytes()
    {
        using var folder = new TemporaryFolder();

        Assert.Empty(await ReadAsync(Path.Combine(folder.Path, "epoch-0001", "checkpoint.json"), 0, 100));
    }

    private static async Task<byte[]> ReadAsync(string path, long offset, int count)
    {
        using var piece = await FilePiece.ReadAsync(
            path,
            offset,
            count,
            TestContext.Current.CancellationToken
        );
        return piece.Bytes.ToArray();
    }
}
