using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Trainers.Rounds;

namespace MMOrleans.Grains.Tests.Trainers;

public sealed class DeviceWatchTests : IAsyncDisposable
{
    private readonly DeviceThread _thread = new("watched");
    private readonly FakeTimeProvider _clock = new();
    private readonly DeviceWatch _watch;

    public DeviceWatchTests() => _watch = new(_thread, _clock);

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
        _clock.Advance(TimeSpan.FromSeconds(50));

        Assert.Equal((50, 9), (_watch.Load!.Seconds, _watch.Load.UsualSeconds)); // 1, 3 and 20 s a slot, three slots
        release.Set();
        await hung;
        Assert.Null(_watch.Load);
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
