using System.CommandLine;
using System.Text.RegularExpressions;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Values;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm logs RUN</c></summary>
internal sealed class LogsCommand : Command
{
    private static readonly string[] Levels = ["debug", "info", "warning", "error"];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Option<bool> _follow = new("--follow", "-f")
    {
        Description = "Go on printing until the run ends.",
    };

    private readonly Option<string?> _since = new("--since")
    {
        Description = "Only entries younger than this.",
        HelpName = "10m",
    };

    private readonly Option<string?> _trainer = new("--trainer")
    {
        Description = "Only entries that come from or mention this trainer, or this silo.",
        HelpName = "SILO[/T0]",
    };

    private readonly Option<string> _level = new("--level")
    {
        Description = $"Least level: {string.Join(", ", Levels)}.",
        HelpName = "LEVEL",
        DefaultValueFactory = _ => "info",
    };

    public static Command Create(CommandContext context) => new LogsCommand(context);

    private LogsCommand(CommandContext context)
        : base("logs", "Print the logs of all trainers in the order of time.")
    {
        Add(_follow);
        Add(_since);
        Add(_trainer);
        Add(_level);
        OpenedRun.For(
            this,
            context,
            (run, input, cancellationToken) =>
                PrintAsync(
                    run.Invocation,
                    run.Folder,
                    Filter(
                        run.Invocation,
                        input.GetValue(_since),
                        input.GetValue(_trainer),
                        input.GetValue(_level) ?? "info"
                    ),
                    input.GetValue(_follow),
                    cancellationToken,
                    run.Shelf
                )
        );
    }

    internal static Predicate<LogEntry> Filter(
        Invocation invocation,
        string? since,
        string? trainer,
        string level
    )
    {
        var least = Array.IndexOf(Levels, level);
        if (least < 0)
        {
            throw new FaultException(
                "MM1004",
                $"--level must be one of {string.Join(", ", Levels)}, got '{level}'",
                "mm logs latest --level warning"
            );
        }

        var from = since is null ? DateTimeOffset.MinValue : Before(invocation.Clock.GetUtcNow(), since);
        return entry =>
            entry.Time >= from
            && Array.IndexOf(Levels, entry.Level) >= least
            && (trainer is null || IsOf(entry, trainer));
    }

    private static DateTimeOffset Before(DateTimeOffset now, string since) =>
        DurationValue.Parse(since) is { Ticks: >= 0 } time
            ? now - (time < now - DateTimeOffset.MinValue ? time : now - DateTimeOffset.MinValue)
            : throw new FaultException(
                "MM1002",
                $"--since wants a duration, got '{since}'",
                "write it as 90s, 10m, 2h or 1h30m"
            );

    /// <summary>Whether a trainer or a silo says it, or is named in it.</summary>
    private static bool IsOf(LogEntry entry, string trainer) =>
        entry.Source == trainer
        || entry.Source.StartsWith(trainer + "/", StringComparison.Ordinal)
        || Regex.IsMatch(entry.Message, $@"(?<![\w/-]){Regex.Escape(trainer)}(?![\w-])");

    internal static async Task<int> PrintAsync(
        Invocation invocation,
        RunFolder folder,
        Predicate<LogEntry> wanted,
        bool follow,
        CancellationToken cancellationToken,
        RunLibrary? shelf = null
    )
    {
        // Not a count: what another silo wrote earlier may arrive later, and a rotation takes entries away.
        var printed = new Dictionary<LogEntry, int>();
        if (follow)
        {
            invocation.Signals?.EndWithReader();
        }

        while (true)
        {
            // Asked first: what is written between the question and the reading is not lost.
            var goesOn = follow && RunStanding.IsLive(folder);
            foreach (var entry in New(folder.ReadLogs(), printed).Where(e => wanted(e)))
            {
                Print(invocation, folder.RunId, entry);
            }

            if (!goesOn || cancellationToken.IsCancellationRequested)
            {
                await invocation.Terminal.Output.FlushAsync(CancellationToken.None);
                return 0;
            }

            await Task.WhenAny(Task.Delay(Pause, invocation.Clock, cancellationToken));
            if (shelf is not null && !cancellationToken.IsCancellationRequested)
            {
                await shelf.RefreshAsync(folder, cancellationToken);
            }
        }
    }

    /// <summary>Entries that were not there before; the same entry twice is two.</summary>
    private static IEnumerable<LogEntry> New(
        IReadOnlyList<LogEntry> entries,
        Dictionary<LogEntry, int> printed
    )
    {
        var seen = new Dictionary<LogEntry, int>();
        foreach (var entry in entries)
        {
            var times = seen[entry] = seen.GetValueOrDefault(entry) + 1;
            if (times > printed.GetValueOrDefault(entry))
            {
                printed[entry] = times;
                yield return entry;
            }
        }
    }

    private static void Print(Invocation invocation, string run, LogEntry entry)
    {
        if (!invocation.Json)
        {
            invocation.Terminal.WriteLines([
                new Line()
                    .Add($"{entry.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} ", "grey")
                    .Add($"{entry.Level, -7} ", Style(entry.Level))
                    .Add($"{entry.Source} ", "cyan")
                    .Add(entry.Message),
            ]);
            return;
        }

        var document = RunJson.Of("log");
        document["run"] = run;
        document["time"] = RunJson.Time(entry.Time);
        document["level"] = entry.Level;
        document["source"] = entry.Source;
        document["message"] = entry.Message;
        RunJson.WriteLine(invocation.Terminal.Output, document);
    }

    private static string Style(string level) =>
        level switch
        {
            "error" => "red",
            "warning" => "yellow",
            _ => "grey",
        };
}
