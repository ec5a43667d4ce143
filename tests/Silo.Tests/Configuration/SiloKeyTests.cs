using MMOrleans.Grains;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Tests.Configuration;

public sealed class SiloKeyTests
{
    /// <summary>What grains read themselves is an option of a silo as every other: known, checked and in its help.</summary>
    [Fact]
    public void EveryOptionOfTheGrainsIsOneOfTheSilo() =>
        Assert.Equal(
            GrainsHosting.Keys.Order(),
            SiloKey
                .All.Select(key => key.Path)
                .Where(path => path.StartsWith("Liveness:", StringComparison.Ordinal))
                .Order()
        );
}
