using System.Collections.Concurrent;
using System.Diagnostics;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Starts processes that the kernel kills when this one ends, however it ends.</summary>
/// <remarks>The kernel ties them to the thread that started them, so that one thread starts all and lives as long as the process.</remarks>
internal static class ProcessStarter
{
    private const string Tie = "/usr/bin/setpriv";

    private static readonly BlockingCollection<Action> Orders = [];

    static ProcessStarter() =>
        new Thread(() =>
        {
            foreach (var order in Orders.GetConsumingEnumerable())
                order();
        })
        {
            IsBackground = true,
            Name = "process starter",
        }.Start();

    /// <summary>Whether this machine can tie a process to another one.</summary>
    public static bool CanTie { get; } = File.Exists(Tie);

    /// <summary>What stands before a program and its arguments.</summary>
    public static IReadOnlyList<string> Prefix { get; } = CanTie ? [Tie, "--pdeathsig", "KILL"] : [];

    public static Process Start(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Orders.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
#pragma warning disable CA1031 // It is the caller's, whatever it is.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                started.SetException(exception);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }
}
