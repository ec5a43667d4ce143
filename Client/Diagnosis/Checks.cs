using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Silo.ObjectStores;
using MMOrleans.Silo.Sharing;

namespace MMOrleans.Client.Diagnosis;

/// <summary>The checks of <c>mm doctor</c>, in the order in which they are shown: a file and a line each.</summary>
internal static class Checks
{
    public static IReadOnlyList<Func<CommandContext, GlobalSettings, Task<Finding>>> All { get; } =
    [
        (_, _) => Task.FromResult(LibraryCheck.Run()),
        (_, _) => Task.FromResult(DeviceCheck.Run()),
        (context, _) => Task.FromResult(ThreadCheck.Run(context.Environment, Environment.ProcessorCount)),
        (_, _) => Task.FromResult(MemoryCheck.Judge(MemorySharing.Probe(), OperatingSystem.IsLinux())),
        (context, _) => Task.FromResult(DiskCheck.Run(context)),
        (context, _) => Task.FromResult(FileSystemCheck.Run(context)),
        (context, _) => Task.FromResult(RunsCheck.Run(context)),
        (context, _) => Task.FromResult(DataCheck.Run(context)),
        (context, _) => TelemetryCheck.RunAsync(context.Environment),
        (context, _) => ObjectStoreCheck.RunAsync(context.Environment, Buckets.Open()),
        (context, _) => Task.FromResult(TlsCheck.Run(context.Environment, context.Clock)),
        (context, settings) =>
            ClusterCheck.RunAsync(context.Environment, settings.Cluster, settings.TokenFile),
    ];
}
