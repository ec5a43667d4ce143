using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class SlotBalanceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);

    private readonly SlotBalance _balance = new(Lasting);

    [Fact]
    public void SlotsOfASlowTrainerGoToFasterOnesOnceThatHasLasted()
    {
        var (held, rates) = (Held(4, 4), Rates(100, 300));

        Assert.Null(_balance.Decide(Start, held, rates));
        Assert.Null(_balance.Decide(Start.AddSeconds(9), held, rates));
        // 2 / 100 = 6 / 300: both are done at once, in half the time.
        Assert.Equal(Held(2, 6), _balance.Decide(Start.AddSeconds(10), held, rates));
    }

    [Fact]
    public void AMomentOfEqualSpeedBeginsTheWaitAnew()
    {
        var held = Held(4, 4);
        _balance.Decide(Start, held, Rates(100, 300));
        _balance.Decide(Start.AddSeconds(5), held, Rates(300, 300));

        Assert.Null(_balance.Decide(Start.AddSeconds(11), held, Rates(100, 300)));
    }

    /// <summary>What is gained is not worth new leases, or there is nothing to gain.</summary>
    [Theory]
    [InlineData(4, 4, 100, 110)]
    [InlineData(2, 6, 100, 300)]
    [InlineData(1, 3, 100, 900)] // one slot each at least: the slow one has no other to give
    public void WhatIsGoodEnoughStays(int one, int other, double slow, double fast) =>
        Assert.Null(After(Held(one, other), Rates(slow, fast)));

    [Fact]
    public void WhoeverHasNotBeenMeasuredStopsIt() =>
        Assert.Null(After(Held(4, 4), new Dictionary<string, double> { ["t0"] = 100 }));

    [Fact]
    public void EverySlotIsGivenAndEverybodyKeepsOne()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 1000; i++)
        {
            var held = Held([.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(1, 5))]);
            var rates = Rates([.. held.Select(_ => 1 + (1000 * random.NextDouble()))]);
            if (After(held, rates) is not { } shares)
                continue;
            Assert.True(shares.Values.Sum() == held.Values.Sum(), $"seed {seed}, {i}");
            Assert.True(shares.Values.Min() > 0, $"seed {seed}, {i}");
            Assert.True(After(shares, rates) is null, $"seed {seed}, {i}: it would be changed again");
        }
    }

    private static IReadOnlyDictionary<string, int>? After(
        IReadOnlyDictionary<string, int> held,
        IReadOnlyDictionary<string, double> rates
    )
    {
        var balance = new SlotBalance(Lasting);
        balance.Decide(Start, held, rates);
        return balance.Decide(Start + Lasting, held, rates);
    }

    private static Dictionary<string, int> Held(params int[] slots) =>
        slots.Select((n, i) => (n, i)).ToDictionary(s => $"t{s.i}", s => s.n);

    private static Dictionary<string, double> Rates(params double[] rates) =>
        rates.Select((r, i) => (r, i)).ToDictionary(s => $"t{s.i}", s => s.r);
}
