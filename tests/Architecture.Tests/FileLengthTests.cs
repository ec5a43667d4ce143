using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests;

/// <summary>A long file is usually two; one that is not stands here with its reason.</summary>
public sealed class FileLengthTests
{
    private const int Longest = 400;

    private static readonly Dictionary<string, string> Reasons = [];

    [Fact]
    public void NoFileIsLongerThan400LinesWithoutAReason() =>
        Assert.Equal(
            Reasons.Keys.Order(),
            Sources
                .OfProduction()
                .Where(file => File.ReadLines(file).Count() > Longest)
                .Select(file => Path.GetRelativePath(Checkout.Root, file))
                .Order()
        );
}
