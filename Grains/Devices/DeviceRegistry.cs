using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Trainers;
using MMOrleans.Learning.Training;
using Orleans.Runtime;

namespace MMOrleans.Grains.Devices;

/// <summary>The silo's devices, and the session that each is in: an activation that dies for a reason of Orleans' loses nothing.</summary>
internal sealed class DeviceRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TrainingSession> _sessions = [];

    public DeviceRegistry(IOptions<DeviceOptions> options, ILocalSiloDetails silo)
    {
        var kind = options.Value.Kind == "auto" ? TorchDevices.Preferred : options.Value.Kind;
        var count =
            options.Value.Trainers ?? (kind == "cuda" ? TorchDevices.CudaCount : Environment.ProcessorCount);
        Fingerprint = TorchDevices.Fingerprint(kind);
        Devices =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var name = kind == "cuda" ? $"cuda:{i % TorchDevices.CudaCount}" : "cpu";
                    return new TrainingDevice(
                        PinnedKey.Trainer(silo.Name, i),
                        name,
                        new($"trainer t{i} on {name}")
                    );
                }),
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
    public void Attach(string trainer, TrainingSession session) => _sessions[trainer] = session;

    /// <summary>Ends a trainer's session and frees its native memory. Safe to repeat.</summary>
    public async Task DetachAsync(string trainer)
    {
        if (_sessions.TryRemove(trainer, out var session))
            await session.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var trainer in _sessions.Keys)
            await DetachAsync(trainer);
        foreach (var device in Devices)
            await device.Thread.DisposeAsync();
    }
}
