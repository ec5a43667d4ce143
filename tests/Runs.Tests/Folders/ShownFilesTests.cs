using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

/// <summary>What clients may read lies in the run's folder, and not where something in it leads.</summary>
public sealed class ShownFilesTests : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly RunFolder _run;

    public ShownFilesTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a right there.");
        _run = SomeRun.Create(_root["runs"], "r-00000a");
        Directory.CreateDirectory(_root["secrets"]);
        File.WriteAllText(_root["secrets", "token.txt"], "a secret");
    }

    public void Dispose() => _root.Dispose();

    [Fact]
    public void ALinkToAFileElsewhereIsNotFoundNorListed()
    {
        File.CreateSymbolicLink(Path.Combine(_run.Path, "token.txt"), _root["secrets", "token.txt"]);

        Assert.Null(ShownFiles.Find(_run, "token.txt"));
        Assert.DoesNotContain("token.txt", ShownFiles.List(_run).Select(file => file.Name));
    }

    [Fact]
    public void ALinkToAFolderElsewhereIsNotFollowed()
    {
        Directory.CreateSymbolicLink(Path.Combine(_run.Path, "logs"), _root["secrets"]);

        Assert.Null(ShownFiles.Find(_run, "logs/token.txt"));
        Assert.DoesNotContain("logs/token.txt", ShownFiles.List(_run).Select(file => file.Name));
    }

    [Theory]
    [InlineData("run.json", true)]
    [InlineData("checkpoints/epoch-0001/manifest.json", true)]
    [InlineData("events.jsonl", true)] // not there yet
    [InlineData("../r-00000b/run.json", false)]
    [InlineData("writer.json", false)]
    [InlineData("model.safetensors", false)]
    public void FilesOfTheFolderAreFoundByTheirNames(string name, bool found)
    {
        var file = Path.Combine(_run.Path, "checkpoints", "epoch-0001", "manifest.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "{}");

        Assert.Equal(found, ShownFiles.Find(_run, name) is not null);
    }

    /// <summary>The folder of the runs itself may lie anywhere.</summary>
    [Fact]
    public void ARunsFolderThatIsALinkIsAFolder()
    {
        Directory.CreateSymbolicLink(_root["elsewhere"], _root["runs"]);

        Assert.NotNull(ShownFiles.Find(new RunFolder(_root["elsewhere"], "r-00000a"), "run.json"));
    }
}
