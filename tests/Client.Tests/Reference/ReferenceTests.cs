using MMOrleans.Tests;

namespace MMOrleans.Client.Tests.Reference;

public sealed class ReferenceTests
{
    [Theory]
    [InlineData("commands.md")]
    [InlineData("configuration.md")]
    [InlineData("errors.md")]
    [InlineData("methods.md")]
    public void ThePageIsWhatTheCodeSays(string name)
    {
        var page = ReferencePages.All[name]();
        var path = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("MM_WRITE_REFERENCE") == "1")
            File.WriteAllText(path, page);

        Assert.Equal(page, File.ReadAllText(path));
    }

    [Fact]
    public void NoPageIsNobodys() =>
        Assert.Equal(
            ReferencePages.All.Keys.Order(),
            Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order()
        );

    private static string Folder => Path.Combine(Checkout.Root, "docs", "reference");
}
