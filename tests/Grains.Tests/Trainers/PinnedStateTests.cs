using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Tests.Simulation;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Grains.Trainers.Rounds;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Tests.Trainers;

/// <summary>What is as large as a state is let go as soon as nobody reads it.</summary>
public class PinnedStateTests
{
    private const int Length = 12;

    [Fact]
    public void AStateIsReadWhenAllWhoBeganToCopyItHaveItsEnd()
    {
        var pinned = new PinnedState(new(TrainerState.None, [1], [2], [3]));

        Ask(0, 4);
        Ask(0, 4); // another trainer
        Ask(4, 4);
        Ask(8, 4);
        Assert.False(pinned.IsRead);
        Ask(4, 8);

        Assert.True(pinned.IsRead);

        void Ask(long offset, int length) =>
            Assert.Equal(Length, pinned.Answer(new("r-test01", 0, offset, length)).TotalBytes);
    }

    [Fact]
    public void ArraysThatWereAddedIntoAnotherSlotsAreUsedAgainAtOnce()
    {
        var model = new ToyModel(slots: 2, rounds: 8, roundsPerEpoch: 4, firstDeferred: 8);
        var rounds = new RoundExchange("a/t0", model.Plan, ManagedMemory.Instance);
        var exchange = new Exchange(ExchangeKind.Round, 0);
        rounds.Begin(exchange, 1);
        var arrays = rounds.TakeArrays(exchange, 2);

        rounds.Add(
            new(exchange, [0, 1], arrays, WritingTerm: null),
            [new OwnBlock(new SlotRange(0, 2), arrays[0], default)]
        );

        Assert.Same(arrays[1], Assert.Single(rounds.TakeArrays(exchange, 1)));
        Assert.NotSame(arrays[0], Assert.Single(rounds.TakeArrays(exchange, 1)));
    }
}
