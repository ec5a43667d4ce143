using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class LocalEndpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static LocalEndpoint Mine() =>
        new(Environment.ProcessId, "127.0.0.1", 30123, "local", "mm", TimeProvider.System.GetUtcNow());

    [Fact]
    public void OnlyTheOwnerMayReadIt()
    {
        Mine().Write(_folder["endpoint.json"]);
        Mine().Write(_folder["endpoint.json"]);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(_folder["endpoint.json"])
            );
        }
        else
        {
            Assert.Skip("Windows has no file modes");
        }
    }

    [Fact]
    public void ItIsReadBackAndRemovedByItsOwnerOnly()
    {
        var mine = Mine();
        mine.Write(_folder["endpoint.json"]);

        (mine with { Pid = 1 }).Remove(_folder["endpoint.json"]);
        Assert.Equal(mine, LocalEndpoint.Read(_folder["endpoint.json"]));
        mine.Remove(_folder["endpoint.json"]);

        Assert.Null(LocalEndpoint.Read(_folder["endpoint.json"]));
    }
}
