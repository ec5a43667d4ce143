using System.Collections.Concurrent;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Trainers;
using Orleans.Runtime;

namespace MMOrleans.Grains.Trainers;

/// <summary>The silo's devices, and the session that each is in: an activation that dies for a reason of Orleans' loses nothing.</summary>
internal sealed class DeviceRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TrainingSession> _sessions = [];
    private readonly TrainingMeter _meter;
    private bool _drains;

    public DeviceRegistry(SiloOffer offer, ILocalSiloDetails silo, TrainingTelemetry telemetry)
    {
        _meter = telemetry.Meter;
        Fingerprint = offer.Fingerprint;
        Devices =
        [
            .. offer.Devices.Select(
                (name, i) =>
                    new TrainingDevice(PinnedKey.Trainer(silo.Name, i), name, new($"trainer t{i} on {name}"))
            ),
        ];
    }

    /// <summary>The devices, in order.</summary>
    public ImmutableArray<TrainingDevice> Devices { get; }

    /// <summary>Library, device kind and processor features: equal where kernels give equal bits.</summary>
    public string Fingerprint { get; }

    /// <summary>The device of a trainer.</summary>
    public TrainingDevice Device(string trainer) =>
        Devices.FirstOrDefault(d => d.Trainer == trainer)
        ?? throw new InvalidOperationException(
            $"This silo has no trainer {trainer}; it has {string.Join(", ", Devices.Select(d => d.Trainer))}."
        );

    /// <summary>The session a trainer is in; null when it is free.</summary>
    public TrainingSession? Session(string trainer) => _sessions.GetValueOrDefault(trainer);

    /// <summary>Puts a trainer into a session.</summary>
    public void Attach(string trainer, TrainingSession session)
    {
        _sessions[trainer] = session;
        Show(trainer);
    }

    /// <summary>Ends a trainer's session and frees its native memory. Safe to repeat.</summary>
    public async Task DetachAsync(string trainer)
    {
        if (!_sessions.TryRemove(trainer, out var session))
            return;
        try
        {
            await session.DisposeAsync();
        }
        finally
        {
            Show(trainer);
        }
    }

    /// <summary>Shows what every trainer does.</summary>
    public void ShowAll()
    {
        foreach (var device in Devices)
            Show(device.Trainer);
    }

    /// <summary>Shows from now on that the silo is about to go.</summary>
    public void Drain()
    {
        _drains = true;
        ShowAll();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var trainer in _sessions.Keys)
            await DetachAsync(trainer);
        foreach (var device in Devices)
        {
            await device.Thread.DisposeAsync();
            _meter.TrainerGone(device.Trainer);
        }
    }

    private void Show(string trainer) =>
        _meter.TrainerIs(
            trainer,
            _drains ? "draining"
                : _sessions.ContainsKey(trainer) ? "working"
                : "idle"
        );
}
