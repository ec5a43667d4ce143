using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using Orleans.Serialization;

namespace MMOrleans.Grains.Tests.Wire;

public class RunStatusTests
{
    /// <summary>The status belongs to an assembly that knows nothing of Orleans, and needs no codec all the same.</summary>
    [Fact]
    public void AStatusTravelsAsItsNumber()
    {
        using var services = new ServiceCollection()
            .AddSerializer(builder => builder.AddAssembly(typeof(IRunGrain).Assembly))
            .BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        var ends = RunStatusWords.All.Select(status => new RunEnd(status, 1, null, null)).ToList();

        Assert.Equal(
            ends,
            ends.Select(end => serializer.Deserialize<RunEnd>(serializer.SerializeToArray(end)))
        );
    }
}
