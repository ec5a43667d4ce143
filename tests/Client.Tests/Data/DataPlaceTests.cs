using MMOrleans.Client.Tests.Commands;

namespace MMOrleans.Client.Tests.Data;

/// <summary>A name is a data set's; a path is a folder's; where both are there it is said which is meant.</summary>
public sealed class DataPlaceTests
{
    [Theory]
    [InlineData("synthetic", "the data set that is generated; what lies here under this name is ./synthetic")]
    [InlineData("cifar10", "the data set at ")]
    public async Task ANameMeansTheDataSetAndSaysSoBesideAFolderOfThatName(string name, string said)
    {
        using var folder = new TemporaryFolder();
        folder.Write($"{name}/train/cat/1.png", "no image");

        Assert.Contains(
            $"{name} means {said}",
            (await CommandRun.OfAsync($"data verify {name}", folder: folder.Path)).Error
        );
        Assert.DoesNotContain(
            "means",
            (await CommandRun.OfAsync($"data verify ./{name}", folder: folder.Path)).Error
        );
    }

    [Fact]
    public async Task WithoutSuchAFolderNothingIsSaid()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal("", (await CommandRun.OfAsync("data verify synthetic", folder: folder.Path)).Error);
    }
}
