using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Tests.Coordination;

/// <summary>A coordinator's grain in a silo whose store stops answering.</summary>
public sealed class HangingStoreTests
{
    private static readonly LivenessOptions Liveness = new();

    /// <summary>A trainer gives a heartbeat up that is not answered for that long, and the others' wait behind it.</summary>
    [Fact]
    public async Task AHeartbeatIsAnsweredBeforeItsTrainerGivesItUp()
    {
        await using var silo = await CoordinatorSilo.StartAsync(null, null, "a/t0", "b/t0");
        var coordinator = silo.Coordinator;
        var before = await silo.LeaseAsync("a/t0", _ => true);

        silo.Store.Hangs = true;
        var broken = CoordinatorSilo.Beat("b/t0") with
        {
            Stage = TrainerStage.Faulted,
            Fault = new("MM4001", "no memory", ""),
        };
        var told = await coordinator.BeatAsync(broken).WaitAsync(Liveness.Stuck);
        var meanwhile = await coordinator
            .BeatAsync(CoordinatorSilo.Beat("a/t0", before))
            .WaitAsync(Liveness.Stuck);

        Assert.True(silo.Store.Waiting > 0, "the change of leases was not to be written");
        Assert.Null(told.Lease);
        Assert.Null(meanwhile.Lease); // which leaves the trainer with the one that it has
        silo.Store.Hangs = false;
        var after = await silo.LeaseAsync("a/t0", lease => lease.Term > before.Term);
        Assert.Equal([new SlotRange(0, 4)], after.Slots);
    }
}
