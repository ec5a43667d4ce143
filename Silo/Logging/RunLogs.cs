using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Silo.Logging;

/// <summary>Adds the logs of the runs to what a host logs to.</summary>
internal static class RunLogs
{
    /// <param name="logging">The host's.</param>
    /// <param name="runsFolder">Folder of the runs.</param>
    /// <param name="silo">Silo of a cluster; null for a process that is alone.</param>
    public static ILoggingBuilder AddRunLogs(this ILoggingBuilder logging, string runsFolder, string? silo)
    {
        logging.Services.TryAddSingleton<RunsHere>();
        logging.Services.AddSingleton<ILoggerProvider>(services => new RunLogProvider(
            runsFolder,
            TimeProvider.System,
            services.GetRequiredService<RunsHere>(),
            silo
        ));
        return logging;
    }
}
