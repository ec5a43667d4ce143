using MMOrleans.Grains.Confinement;

namespace MMOrleans.Grains.Tests.Confinement;

/// <summary>Where a request may lead a silo.</summary>
public sealed class ClientPathsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;
    private readonly ClientPaths _paths;

    public ClientPathsTests()
    {
        _data = Directory.CreateDirectory(_folder["data"]).FullName;
        Directory.CreateDirectory(_folder["data-of-others"]);
        Directory.CreateDirectory(Path.Combine(_data, "cifar10"));
        File.WriteAllText(Path.Combine(_data, "model.pt"), "");
        _paths = new([_folder["runs"], _data]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("cifar10")]
    [InlineData("model.pt")]
    [InlineData("not/there/yet")]
    [InlineData("cifar10/../cifar10/.")]
    public void WhatLiesBelowAFolderIsOpened(string below)
    {
        var path = Path.Combine(_data, below);

        Assert.Equal(Path.GetFullPath(path).TrimEnd('/'), _paths.Resolve(path, "dataset.path"));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/dev/zero")]
    [InlineData("/")]
    [InlineData("etc/passwd")]
    [InlineData("DATA/../../etc/passwd")]
    [InlineData("DATA/cifar10/../../x")]
    [InlineData("DATA-of-others")]
    [InlineData("DATA\0/etc/passwd")]
    [InlineData("")]
    public void WhatLeadsElsewhereIsRefusedWithItsNameAndWhatToDo(string path)
    {
        var refused = Assert.Throws<FaultException>(() =>
            _paths.Resolve(path.Replace("DATA", _data, StringComparison.Ordinal), "dataset.path")
        );

        Assert.Equal("MM3003", refused.Code);
        Assert.Contains("dataset.path '", refused.Message, StringComparison.Ordinal);
        Assert.Contains(_data, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refused.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link", "/etc")]
    [InlineData("link", "../data-of-others")]
    [InlineData("link", "/dev/zero")]
    [InlineData("link", "link")] // without end
    public void ALinkIsFollowedBeforeItIsJudged(string name, string target)
    {
        File.CreateSymbolicLink(Path.Combine(_data, name), target);

        Assert.Equal(
            "MM3003",
            Assert
                .Throws<FaultException>(() => _paths.Resolve(Path.Combine(_data, name, "x"), "dataset.path"))
                .Code
        );
    }

    [Fact]
    public void ALinkThatStaysWithinIsOpenedWhereItLeads()
    {
        File.CreateSymbolicLink(Path.Combine(_data, "newest"), "cifar10");

        Assert.Equal(
            Path.Combine(_data, "cifar10", "x.bin"),
            _paths.Resolve(Path.Combine(_data, "newest", "x.bin"), "dataset.path")
        );
    }

    [Fact]
    public void AFolderOfTheSiloThatIsALinkItselfIsServed()
    {
        Directory.CreateSymbolicLink(_folder["mounted"], _data);
        var paths = new ClientPaths([_folder["mounted"]]);

        Assert.Equal(
            Path.Combine(_data, "cifar10"),
            paths.Resolve(Path.Combine(_folder["mounted"], "cifar10"), "dataset.path")
        );
    }

    [Fact]
    public void TheOwnerOfTheProcessMayNameAnything() =>
        Assert.Equal("/etc/passwd", ClientPaths.Anywhere.Resolve("/etc/passwd", "dataset.path"));
}
