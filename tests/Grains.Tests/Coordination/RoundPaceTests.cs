using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class RoundPaceTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(0.5);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void ChangesAreAnnouncedForTheRoundsOfTwoHeartbeatsAndTwoMore()
    {
        var pace = new RoundPace(Beat);
        for (var beat = 0; beat <= 4; beat++)
            pace.Note(round: 6 * beat, Start + (beat * Beat), DateTimeOffset.MinValue);

        Assert.Equal(2 + (2 * 6), pace.Ahead);
    }

    /// <summary>Leases were announced twenty rounds ahead after a coordinator had stood still, and its trainers had gone on without it.</summary>
    [Fact]
    public void WhatWasDoneWhileTheCoordinatorStoodStillIsThePaceOfNoHeartbeat()
    {
        var pace = new RoundPace(Beat);
        for (var beat = 0; beat <= 4; beat++)
            pace.Note(round: 2 * beat, Start + (beat * Beat), DateTimeOffset.MinValue);
        var resumed = Start + (5 * Beat);
        pace.Note(round: 60, resumed, resumed);
        Assert.Equal(2 + (2 * 2), pace.Ahead);

        pace.Note(round: 62, resumed + Beat, resumed);
        pace.Note(round: 65, resumed + (2 * Beat), resumed);

        Assert.Equal(2 + (2 * 3), pace.Ahead);
    }
}
