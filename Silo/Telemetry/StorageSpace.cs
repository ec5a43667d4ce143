using System.Diagnostics.Metrics;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Faults;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Shows how full the volume is that holds the runs.</summary>
/// <remarks>
/// Each scrape is told what the one before it made out: a volume that hangs holds one thread and no scrape, and says nothing meanwhile.
/// </remarks>
internal sealed class StorageSpace : IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Meter);
    private readonly Lock _gate = new();
    private readonly string? _volume;
    private Task? _looking;
    private double? _free;

    public StorageSpace(TelemetryOptions options)
    {
        if (options.RunsFolder is not { } folder)
            return;
        var full = Path.GetFullPath(folder);
        _volume = OperatingSystem.IsWindows() ? Path.GetPathRoot(full)! : full;
        _meter.CreateObservableGauge(
            "mmorleans.storage.free",
            Shares,
            description: "Share of the volume of the runs' folder that is free."
        );
        Look();
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Shares()
    {
        lock (_gate)
        {
            if (_looking is { IsCompleted: false })
                return [];
            Look();
            return _free is { } free ? [new(free)] : [];
        }
    }

    private void Look() =>
        _looking = Task.Run(() =>
        {
            double? free = null;
            try
            {
                var drive = new DriveInfo(_volume!);
                free = (double)drive.AvailableFreeSpace / drive.TotalSize;
            }
            catch (Exception fault) when (StorageFault.Is(fault))
            {
                // Not there, which the readiness probe says; a full disk is something else.
            }

            lock (_gate)
                _free = free;
        });
}
