using MMOrleans.Reference;
using MMOrleans.Tests;

namespace MMOrleans.Client.Tests.Reference;

public sealed class ReferenceTests
{
    public static TheoryData<string> Names => [.. ReferencePages.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ThePageIsWhatTheCodeSays(string name) =>
        Assert.True(
            ReferencePages.All[name]() == File.ReadAllText(Path.Combine(Folder, name)),
            $"docs/reference/{name} is not what the code says. If the change is meant: dotnet run --project build/Reference"
        );

    [Fact]
    public void NoPageIsNobodys() =>
        Assert.Equal(
            ReferencePages.All.Keys.Order(),
            Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order()
        );

    private static string Folder => Path.Combine(Checkout.Root, "docs", "reference");
}
