using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Trainers.Rounds;

namespace MMOrleans.Grains.Tests.Trainers;

public sealed class DeviceWatchTests : IAsyncDisposable
{
    private readonly DeviceThread _thread = new("watched");
    private readonly FakeTimeProvider _clock = new();
    private readonly DeviceWatch _watch;

    public DeviceWatchTests() => _watch = new(_thread, _clock, TimeSpan.FromSeconds(3.5));

    [Fact]
    public async Task ItSaysForHowLongADeviceHasBeenAtItAndWhatIsUsual()
    {
        Assert.Null(_watch.Load);
        foreach (var seconds in (double[])[2, 40, 6])
            await WorkAsync(DeviceWork.Slots, units: 2, seconds);
        await WorkAsync(DeviceWork.Step, units: 1, 0.1);
        Assert.Null(_watch.Load);

        using var release = new ManualResetEventSlim();
        var hung = _watch.RunAsync(
            DeviceWork.Slots,
            units: 3,
            () =>
            {
                release.Wait(TestContext.Current.CancellationToken);
                return true;
            }
        );
        Look(seconds: 50);

        Assert.Equal((50, 9), (_watch.Load!.Seconds, _watch.Load.UsualSeconds)); // 1, 3 and 20 s a slot, three slots
        release.Set();
        await hung;
        Assert.Null(_watch.Load);
    }

    /// <summary>Found by the schedules: kind evictions.</summary>
    [Fact]
    public async Task WhatAProcessStoodStillForIsNotItsDevicesTime()
    {
        await WorkAsync(DeviceWork.Slots, units: 1, seconds: 1);
        using var release = new ManualResetEventSlim();
        var slow = _watch.RunAsync(
            DeviceWork.Slots,
            units: 1,
            () =>
            {
                release.Wait(TestContext.Current.CancellationToken);
                return true;
            }
        );

        Look(seconds: 2);
        _clock.Advance(TimeSpan.FromMinutes(1)); // nobody looks: the process stands still
        var load = _watch.Load!;

        Assert.Equal(2 + 3.5, load.Seconds); // a standstill counts as one look
        release.Set();
        await slow;
    }

    [Fact]
    public async Task WorkThatFailsIsWorkThatEnded()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _watch.RunAsync<bool>(DeviceWork.Step, 1, () => throw new InvalidOperationException())
        );

        Assert.Null(_watch.Load);
    }

    public ValueTask DisposeAsync() => _thread.DisposeAsync();

    /// <summary>Time passes, and the heartbeats look.</summary>
    private void Look(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.NotNull(_watch.Load);
        }
    }

    private async Task WorkAsync(DeviceWork kind, int units, double seconds) =>
        await _watch.RunAsync(
            kind,
            units,
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(seconds));
                return true;
            }
        );
}
