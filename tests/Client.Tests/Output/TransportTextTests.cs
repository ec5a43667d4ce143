using System.Collections.Immutable;
using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Transport;

namespace MMOrleans.Client.Tests.Output;

/// <summary>What <c>mm cluster status</c> says of how vectors get from silo to silo.</summary>
public class TransportTextTests
{
    [Fact]
    public void SilosOfOneMachineShareALine() =>
        Assert.Equal(
            ["transport   silo-0, silo-1   memory: each other"],
            Lines(2, (_, _) => TransportNames.Memory)
        );

    [Fact]
    public void TenSilosOnTwoMachinesAreTwoLines() =>
        Assert.Equal(
            [
                "transport   silo-0..4   memory: each other; calls: silo-5..9",
                "            silo-5..9   memory: each other; calls: silo-0..4",
            ],
            Lines(10, (from, to) => from / 5 == to / 5 ? TransportNames.Memory : TransportNames.Calls)
        );

    [Fact]
    public void PairsThatHaveExchangedNothingAreSaidToBeUnused() =>
        Assert.Equal(
            [
                "transport   silo-0   memory: silo-1; not used yet: silo-2",
                "            silo-1   memory: silo-0; calls: silo-2",
                "            silo-2   not used yet: silo-0, silo-1",
            ],
            Lines(
                3,
                (from, to) =>
                    (from, to) is (1, 2) ? TransportNames.Calls
                    : from + to == 1 ? TransportNames.Memory
                    : ""
            )
        );

    [Fact]
    public void ClusterThatHasTrainedNothingIsOneLine() =>
        Assert.Equal(["transport   silo-0..9   not used yet: each other"], Lines(10, (_, _) => ""));

    [Fact]
    public void WordOfANewerSiloIsShownAsItIs() =>
        Assert.Equal(["transport   silo-0, silo-1   pigeon: each other"], Lines(2, (_, _) => "pigeon"));

    [Fact]
    public void SiloThatDoesNotSayIsNamedAsSuch() =>
        Assert.Equal(
            [
                "transport   silo-0   calls: silo-1",
                "            silo-1   not known: no answer, or an older version",
            ],
            Lines(2, (from, _) => from == 0 ? TransportNames.Calls : null)
        );

    [Fact]
    public void OneSiloNeedsNone() =>
        Assert.Equal(["transport   silo-0   needs none: it is alone"], Lines(1, (_, _) => ""));

    /// <summary>Each direction is said by who sends.</summary>
    [Fact]
    public void PairWhoseDirectionsDifferIsSaidTwice() =>
        Assert.Equal(
            [
                "transport   silo-0, silo-1   memory: each other; calls: silo-2",
                "            silo-2           memory: silo-1; calls: silo-0",
            ],
            Lines(
                3,
                (from, to) =>
                    (from, to) is (0, 1) or (1, 0) or (2, 1) ? TransportNames.Memory : TransportNames.Calls
            )
        );

    [Theory]
    [InlineData("silo-9 silo-10 silo-8 mm", "mm, silo-8..10")]
    [InlineData("silo-1 silo-2", "silo-1, silo-2")]
    [InlineData("silo-1 silo-2 silo-4", "silo-1, silo-2, silo-4")]
    [InlineData("node01 node02 node03", "node01, node02, node03")]
    [InlineData("a b", "a, b")]
    public void NamesThatCountOnAreARange(string names, string range) =>
        Assert.Equal(range, SiloNames.Of(names.Split(' ')));

    /// <param name="count">Silos.</param>
    /// <param name="transport">From one to another; null where the first does not say.</param>
    private static IEnumerable<string> Lines(int count, Func<int, int, string?> transport) =>
        TransportText
            .Lines([
                .. Enumerable
                    .Range(0, count)
                    .Select(from => new SiloDescription(
                        $"silo-{from}",
                        "",
                        "active",
                        "",
                        [],
                        "",
                        Uses(from, count, transport)
                    )),
            ])
            .Select(line => line.ToString());

    private static ImmutableArray<TransportUse>? Uses(int from, int count, Func<int, int, string?> transport)
    {
        var others = Enumerable.Range(0, count).Where(to => to != from).ToList();
        return others.Exists(to => transport(from, to) is null)
            ? null
            :
            [
                .. others
                    .Select(to => new TransportUse($"silo-{to}", transport(from, to)!))
                    .OrderBy(use =>
                        use.Transport.Length == 0
                            ? int.MaxValue
                            : TransportNames.BetweenSilos.IndexOf(use.Transport)
                    ),
            ];
    }
}
