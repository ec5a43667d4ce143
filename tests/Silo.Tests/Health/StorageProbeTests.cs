using System.Diagnostics;
using MMOrleans.Grains.Tests;
using MMOrleans.Silo.Health;

namespace MMOrleans.Silo.Tests.Health;

public class StorageProbeTests
{
    [Fact]
    public async Task AFolderThatTakesFilesHasNoFaultAndKeepsNothing()
    {
        using var folder = new TemporaryFolder();

        Assert.Null(await new StorageProbe(folder.Path, "a").FaultAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task AFolderThatIsGoneIsNamed() =>
        Assert.Contains(
            "/nowhere cannot be written",
            await new StorageProbe("/nowhere", "a").FaultAsync(),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task AVolumeThatHangsIsToldAndHoldsOneThreadHoweverOftenItIsAsked()
    {
        using var folder = new TemporaryFolder();
        var pipe = Path.Combine(folder.Path, ".probe-a");
        using (var made = Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var probe = new StorageProbe(folder.Path, "a");

        // Nobody reads the pipe, so that whoever opens it to write waits, as on a server that is gone.
        for (var i = 0; i < 3; i++)
            Assert.Equal($"{folder.Path} has not taken a file in 1 s", await probe.FaultAsync());

        // Each that waited writes one byte now.
        await using var reader = File.OpenRead(pipe);
        var bytes = new byte[10];
        var written = 0;
        for (int read; (read = await reader.ReadAsync(bytes, TestContext.Current.CancellationToken)) > 0; )
            written += read;
        Assert.Equal(1, written);
    }
}
