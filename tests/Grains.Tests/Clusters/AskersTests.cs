using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Clusters;

namespace MMOrleans.Grains.Tests.Clusters;

public class AskersTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ClusterLedger _ledger = new()
    {
        RunOf = { ["s/t0"] = "r-trains", ["s/t1"] = "r-trains" },
        Queue = { ["r-waits"] = new("r-waits", 1, 0, DateTimeOffset.UnixEpoch) },
    };
    private readonly Askers _askers;

    public AskersTests() => _askers = new(_clock);

    /// <summary>The one before it may have been asked a second ago.</summary>
    [Fact]
    public void NobodyIsSilentUntilTheGrainItselfHasBeenThereForLong()
    {
        _clock.Advance(TimeSpan.FromSeconds(44));
        Assert.Empty(_askers.Silent(_ledger));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["r-trains", "r-waits"], _askers.Silent(_ledger));
    }

    [Fact]
    public void RunThatAsksIsNotSilentHoweverLongItTrains()
    {
        for (var second = 0; second < 3600; second += 2)
        {
            _askers.Note("r-trains");
            _clock.Advance(TimeSpan.FromSeconds(2));
            Assert.DoesNotContain("r-trains", _askers.Silent(_ledger));
        }

        Assert.Equal(["r-waits"], _askers.Silent(_ledger));
    }

    [Fact]
    public void RunThatAskedLongAgoIsSilent()
    {
        _askers.Note("r-trains");
        _askers.Note("r-waits");
        _clock.Advance(TimeSpan.FromSeconds(30));
        _askers.Note("r-waits");
        _clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(["r-trains"], _askers.Silent(_ledger));
    }

    [Fact]
    public void QueuedRunLetsOthersPassAfterHalfAMinute()
    {
        _askers.Note("r-waits");
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.True(_askers.HasAsked("r-waits", Askers.QueuePatience));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_askers.HasAsked("r-waits", Askers.QueuePatience));
    }

    [Fact]
    public void RunThatHoldsTrainersAndDoesNotAskIsWokenEveryTenSeconds()
    {
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(_askers.ToWake(_ledger));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["r-trains"], _askers.ToWake(_ledger));
        Assert.Empty(_askers.ToWake(_ledger));

        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["r-trains"], _askers.ToWake(_ledger));

        _askers.Note("r-trains");
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(_askers.ToWake(_ledger));
    }

    [Fact]
    public void RunThatWasRefusedIsForgotten()
    {
        _askers.Note("r-refused");
        _clock.Advance(TimeSpan.FromMinutes(2));
        _askers.Note("r-trains");
        _askers.Silent(_ledger);

        Assert.Equal(1, _askers.Count);
    }
}
