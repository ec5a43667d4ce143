using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Trainers;
using MMOrleans.Grains.Trainers.Protocol;

namespace MMOrleans.Grains.Tests.Trainers;

public class StateDownloadTests
{
    /// <summary>Whoever takes over an epoch's end from another trainer reports the same numbers of it.</summary>
    [Fact]
    public void WhatAnEpochReportsComesWithTheState()
    {
        var sums = new RoundTally(3.5, 7, 2.25, 4, 99);
        var pinned = new PinnedState(new(12, true, sums, 0.625, [1, 2], [3, 4], [5]), hash: 42);

        var copy = new StateDownload("silo-0/t0");
        while (!copy.IsWhole)
            Assert.True(copy.Take(pinned.Answer(new("r", copy.Round, copy.Received, 8))));

        Assert.Equal(new(12, true), copy.Position);
        Assert.Equal(sums, copy.Sums);
        Assert.Equal(0.625, copy.GradientNorm);
    }
}
