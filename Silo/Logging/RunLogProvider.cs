using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Silo.Logging;

/// <summary>Writes what is logged of a run into that run's log; lines that name no run go to all that are open.</summary>
/// <param name="runsFolder">Folder of the runs.</param>
/// <param name="clock">For the times in it.</param>
/// <param name="silo">Silo of a cluster, which has a log of its own in each run; null for a process that is alone.</param>
internal sealed class RunLogProvider(string runsFolder, TimeProvider clock, string? silo = null)
    : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, RunLog> _logs = [];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Dispose();
    }

    private void Write(string? run, LogEntry entry)
    {
        if (run is null)
        {
            foreach (var log in _logs.Values)
                log.Write(entry);
            return;
        }

        var folder = new RunFolder(runsFolder, run);
        if (folder.Exists) // a refused run leaves nothing behind, not even a log
            _logs.GetOrAdd(run, _ => new(silo is null ? folder.Log : folder.LogOf(silo))).Write(entry);
    }

    private sealed class Logger(RunLogProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
                return;
            var fields = state as IReadOnlyList<KeyValuePair<string, object?>>;
            var run = fields?.FirstOrDefault(p => p.Key == "Run").Value;
            // A trainer speaks for itself; of a cluster's other parts it matters where they are.
            var part = category.Split('.')[^1];
            var source = IsOfTrainers(category)
                ? fields?.FirstOrDefault(p => p.Key == "Trainer").Value
                : null;
            var message = formatter(state, exception) + (exception is null ? "" : $" {exception}");
            provider.Write(
                run as string,
                new(provider.Now, Word(logLevel), source as string ?? provider.Place + part, message)
            );
        }
    }

    private static bool IsOfTrainers(string category) =>
        category.StartsWith("MMOrleans.Grains.Trainers", StringComparison.Ordinal);

    private string Place => silo is null ? "" : $"{silo}/";

    /// <summary>The levels that <c>mm logs --level</c> knows.</summary>
    private static string Word(LogLevel level) =>
        level switch
        {
            <= LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };

    private DateTimeOffset Now => clock.GetUtcNow();
}
