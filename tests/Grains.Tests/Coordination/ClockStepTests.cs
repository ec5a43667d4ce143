using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Tests.Timing;

namespace MMOrleans.Grains.Tests.Coordination;

/// <summary>The machine's clock is set while a run is led. Intervals are none of its business.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task AfterAStepBackASilentTrainerIsStillFound()
    {
        var clock = new SteppedClock();
        await using var silo = await CoordinatorSilo.StartAsync(clock, Patience, "a/t0", "b/t0");
        var before = await silo.LeaseAsync("a/t0", _ => true);

        clock.Step(TimeSpan.FromHours(-1));
        var found = silo.LeaseAsync("a/t0", lease => lease.Term > before.Term);

        var after = await found.WaitAsync(10 * Patience);
        Assert.Equal([new SlotRange(0, 4)], after.Slots);
    }
}
