using MMOrleans.Runs.Faults;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Health;

/// <summary>Asks whether the folder of the runs takes files, and does not wait long for an answer.</summary>
/// <param name="folder">Of the runs.</param>
/// <param name="name">The silo's: several silos probe the same folder.</param>
internal sealed class StorageProbe(string folder, string name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task? _pending;

    /// <returns>What is wrong, as a sentence; null when it takes files.</returns>
    public async Task<string?> FaultAsync()
    {
        Task pending;
        lock (_gate)
            // A volume that hangs holds one thread, not one more at every question: the pool has to answer for the process being alive.
            pending = _pending is { IsCompleted: false }
                ? _pending
                : _pending = Task.Run(() => RunsFolder.Probe(folder, name));
        try
        {
            await pending.WaitAsync(Patience);
            return null;
        }
        catch (TimeoutException)
        {
            return $"{folder} has not taken a file in {Patience.TotalSeconds:0} s";
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return $"{folder} cannot be written: {fault.Message}";
        }
    }
}
