using MMOrleans.Api.Files;
using MMOrleans.Grains.Tests;

namespace MMOrleans.Api.Tests.Files;

public sealed class ConfinedPathTests : IDisposable
{
    private readonly TemporaryFolder _outside = new();
    private readonly string _folder;

    public ConfinedPathTests()
    {
        _folder = Path.Combine(_outside.Path, "report");
        Directory.CreateDirectory(Path.Combine(_folder, "epoch-0001"));
        File.WriteAllText(Path.Combine(_outside.Path, "endpoint.json"), "secret");
        File.WriteAllText(Path.Combine(_folder, "index.html"), "page");
        File.WriteAllText(Path.Combine(_folder, ".hidden"), "secret");
        File.WriteAllText(Path.Combine(_folder, "epoch-0001", "model.safetensors"), "weights");
    }

    [Fact]
    public void AFileBelowIsFound()
    {
        Assert.Equal(Path.Combine(_folder, "index.html"), ConfinedPath.Find(_folder, "index.html")?.FullName);
        Assert.NotNull(ConfinedPath.Find(_folder, "epoch-0001", "model.safetensors"));
    }

    [Theory]
    [InlineData("../endpoint.json")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\endpoint.json")]
    [InlineData("epoch-0001/model.safetensors")]
    [InlineData("epoch-0001")]
    [InlineData("index.html\0.png")]
    [InlineData("C:index.html")]
    [InlineData("missing.html")]
    public void NothingElseIs(string name) => Assert.Null(ConfinedPath.Find(_folder, name));

    [Theory]
    [InlineData("..", "endpoint.json")]
    [InlineData("epoch-0001", "..")]
    [InlineData("..", "report")]
    [InlineData("missing", "model.safetensors")]
    public void NoStepOnTheWayLeavesIt(string first, string second) =>
        Assert.Null(ConfinedPath.Find(_folder, first, second));

    [Fact]
    public void LinksAreNotFollowed()
    {
        File.CreateSymbolicLink(
            Path.Combine(_folder, "link.json"),
            Path.Combine(_outside.Path, "endpoint.json")
        );
        Directory.CreateSymbolicLink(Path.Combine(_folder, "up"), _outside.Path);

        Assert.Null(ConfinedPath.Find(_folder, "link.json"));
        Assert.Null(ConfinedPath.Find(_folder, "up", "endpoint.json"));
    }

    public void Dispose() => _outside.Dispose();
}
