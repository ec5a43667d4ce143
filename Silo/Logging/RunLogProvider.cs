using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Silo.Logging;

/// <summary>Writes what is logged of a run into that run's log; lines that name no run go to the runs that this process works on.</summary>
/// <remarks>Never throws: a log stops no training. A log is open only while this process works on its run.</remarks>
internal sealed class RunLogProvider : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, RunLog> _logs = [];
    private readonly string _runsFolder;
    private readonly TimeProvider _clock;
    private readonly RunsHere _runs;
    private readonly string? _silo;

    /// <param name="runsFolder">Folder of the runs.</param>
    /// <param name="clock">For the times in it.</param>
    /// <param name="runs">What this process works on.</param>
    /// <param name="silo">Silo of a cluster, which has a log of its own in each run; null for a process that is alone.</param>
    public RunLogProvider(string runsFolder, TimeProvider clock, RunsHere runs, string? silo = null)
    {
        (_runsFolder, _clock, _runs, _silo) = (runsFolder, clock, runs, silo);
        _runs.Left += Close;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        _runs.Left -= Close;
        foreach (var run in _logs.Keys)
            Close(run);
    }

    private void Write(string? run, LogEntry entry)
    {
        foreach (var name in run is null ? _runs.All : [run])
        {
            var folder = new RunFolder(_runsFolder, name);
            if (!folder.Exists)
                continue; // a refused run leaves nothing behind, not even a log
            _logs.GetOrAdd(name, _ => new(_silo is null ? folder.Log : folder.LogOf(_silo))).Write(entry);
            // It may have been left before, or meanwhile.
            if (!_runs.Contains(name))
                Close(name);
        }
    }

    private void Close(string run)
    {
        if (_logs.TryRemove(run, out var log))
            log.Dispose();
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

    private string Place => _silo is null ? "" : $"{_silo}/";

    /// <summary>The levels that <c>mm logs --level</c> knows.</summary>
    private static string Word(LogLevel level) =>
        level switch
        {
            <= LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };

    private DateTimeOffset Now => _clock.GetUtcNow();
}
