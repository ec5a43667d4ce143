using System.Text.RegularExpressions;

namespace MMOrleans.Runs.Tests.Faults;

public sealed partial class FaultCatalogueTests
{
    private static readonly string[] Projects =
    [
        "Api",
        "Client",
        "Configuration",
        "Grains",
        "Grains.Interfaces",
        "Learning",
        "Runs",
        "Silo",
    ];

    [Fact]
    public void WhatIsToldIsInTheCatalogueAndWhatIsInItIsTold()
    {
        var told = Projects
            .SelectMany(project =>
                Directory.EnumerateFiles(
                    Path.Combine(Checkout.Root, project),
                    "*.cs",
                    SearchOption.AllDirectories
                )
            )
            .Where(file =>
                Path.GetFileName(file) != "FaultCatalogue.cs"
                && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")
            )
            .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct();

        Assert.Equal(FaultCatalogue.All.Select(entry => entry.Code), told.Order());
    }

    [Theory]
    [InlineData("MM1004", 2, 400)]
    [InlineData("MM1007", 3, 404)]
    [InlineData("MM3006", 2, 409)]
    [InlineData("MM5004", 9, 502)]
    [InlineData("MM9099", 1, 500)]
    [InlineData("MM0000", 1, 409)]
    public void AProcessAndARequestEndByTheCode(string code, int exitCode, int status) =>
        Assert.Equal(
            (exitCode, status),
            (FaultCatalogue.ExitCodeOf(code), (int)FaultCatalogue.StatusOf(code))
        );

    // Where a text begins with it: doc comments name codes in the middle.
    [GeneratedRegex("""["](MM\d{4})["\s:]""")]
    private static partial Regex Code();
}
