using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Trainers;
using Orleans.Runtime;

namespace MMOrleans.Grains.Devices;

/// <summary>The silo's devices, and the session that each is in: an activation that dies for a reason of Orleans' loses nothing.</summary>
internal sealed class DeviceRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TrainingSession> _sessions = [];
    private readonly TrainingMeter _meter;
    private readonly CancellationTokenRegistration _stopping;
    private bool _drains;

    public DeviceRegistry(
        SiloOffer offer,
        ILocalSiloDetails silo,
        TrainingTelemetry telemetry,
        IHostApplicationLifetime lifetime
    )
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
        foreach (var device in Devices)
            _meter.TrainerIs(device.Trainer, "idle");
        _stopping = lifetime.ApplicationStopping.Register(Drain);
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
        await session.DisposeAsync();
        Show(trainer);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.DisposeAsync();
        foreach (var trainer in _sessions.Keys)
            await DetachAsync(trainer);
        foreach (var device in Devices)
        {
            await device.Thread.DisposeAsync();
            _meter.TrainerGone(device.Trainer);
        }
    }

    private void Drain()
    {
        _drains = true;
        foreach (var device in Devices)
            Show(device.Trainer);
    }

    private void Show(string trainer) =>
        _meter.TrainerIs(
            trainer,
            _drains ? "draining"
                : _sessions.ContainsKey(trainer) ? "working"
                : "idle"
        );
}
