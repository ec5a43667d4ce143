using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Grains.Trainers.Rounds;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Tests.Trainers;

public class StateDownloadTests
{
    /// <summary>Whoever takes over an epoch's end from another trainer reports the same numbers of it.</summary>
    [Fact]
    public void WhatAnEpochReportsComesWithTheState()
    {
        var sums = new EpochSums(3.5, 7, 2.25, 4, 99);
        var state = new TrainerState(new(12, Closing: true), Hash: 42, sums, GradientNorm: 0.625);
        var pinned = new PinnedState(new(state, [1, 2], [3, 4], [5]));

        var copy = new StateDownload("silo-0/t0");
        while (!copy.IsWhole)
            Assert.True(copy.Take(pinned.Answer(new("r", copy.Round, copy.Received, 8))));

        Assert.Equal(state, copy.State);
    }
}
