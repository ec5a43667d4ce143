using MMOrleans.Grains.Clusters;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Transport;

namespace MMOrleans.Grains.Tests.Clusters;

/// <summary>Every silo is asked how its vectors get to the others, and none is waited for that does not say.</summary>
public class SiloTransportsTests
{
    private static readonly ImmutableArray<SiloDescription> Silos =
    [
        .. new[] { "a", "b", "c", "d" }.Select(name => new SiloDescription(name, "", "active", "", [], "")),
    ];

    [Fact]
    public async Task OthersAreToldByTransportAndLastThoseThatNothingWasSentTo() =>
        Assert.Equal(
            [new("d", TransportNames.Memory), new("b", TransportNames.Calls), new("c", "")],
            await OfAAsync(new("b", TransportNames.Calls), new("d", TransportNames.Memory))
        );

    [Fact]
    public async Task SilosThatAreGoneAreLeftOut() =>
        Assert.DoesNotContain(
            await OfAAsync(new TransportUse("e", TransportNames.Calls)),
            use => use.Silo == "e"
        );

    [Fact]
    public async Task TransportOfANewerVersionIsTold() =>
        Assert.Contains(new("c", "pigeon"), await OfAAsync(new TransportUse("c", "pigeon")));

    [Fact]
    public async Task SiloThatDoesNotAnswerLeavesTheOthersDescribed()
    {
        var described = await SiloTransports.AddAsync(
            Silos,
            silo =>
                silo == "b"
                    ? Task.FromException<ImmutableArray<TransportUse>>(new TimeoutException())
                    : Task.FromResult<ImmutableArray<TransportUse>>([])
        );

        Assert.Equal(["a", "b", "c", "d"], described.Select(silo => silo.Name));
        Assert.Equal([false, true, false, false], described.Select(silo => silo.Transports is null));
    }

    private static async Task<ImmutableArray<TransportUse>> OfAAsync(params TransportUse[] used)
    {
        var described = await SiloTransports.AddAsync(
            Silos,
            silo => Task.FromResult<ImmutableArray<TransportUse>>(silo == "a" ? [.. used] : [])
        );
        return described[0].Transports!.Value;
    }
}
