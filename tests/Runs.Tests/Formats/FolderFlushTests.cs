using MMOrleans.Runs.Formats;
using Xunit;

namespace MMOrleans.Runs.Tests.Formats;

public sealed class FolderFlushTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFolderIsFlushedAndOneThatIsNotThereHarmsNobody()
    {
        Assert.Equal(!OperatingSystem.IsWindows(), FolderFlush.Of(_folder.Path));
        Assert.False(FolderFlush.Of(_folder["none"]));
    }
}
