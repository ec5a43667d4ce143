using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Sources;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Events;

/// <summary>What happens to a run, as it happens: its timeline with ids, its record when it changes, and how far it is.</summary>
/// <remarks>
/// Only lines of the timeline have ids, and only they are promised whole: <c>reset</c> says that a resume has cut them and that they begin
/// again. <c>changed</c> says that the record is another one, <c>progress</c> how far the run is; the newest counts, a lost one is not a loss.
/// </remarks>
internal sealed class RunStream(IRunSource source, RunFolder folder, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RestingPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>Goes on until the listener leaves or this server shuts down.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        LineCursor cursor,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var file = new LineFile(folder.Events);
        var record = new RecordWatch(folder);
        Task<RunUpdate?>? question = null;
        var (asked, said) = (0L, clock.GetTimestamp());
        var isFirst = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            var reading = file.ReadAfter(cursor);
            if (reading.IsCut)
            {
                cursor = LineCursor.Start;
                yield return new("{}", "reset") { EventId = $"{cursor}" };
            }

            foreach (var (after, line) in reading.Lines)
            {
                cursor = after;
                yield return new(line, "timeline") { EventId = $"{after}" };
            }

            var isNew = record.HasChanged();
            if (isNew)
                yield return new(record.Document(source), "changed");

            if (isFirst || isNew || clock.GetElapsedTime(said) > Beat)
            {
                // The listener knows by it that the connection is alive and that it is up to date.
                (isFirst, said) = (false, clock.GetTimestamp());
                yield return new("{}", "beat");
            }

            var isLive = record.Record is { } known && source.IsLive(known);
            if (isLive)
                question ??= AskAsync(asked, cancellationToken);
            if (question is { IsCompleted: true })
            {
                if (await question is { } update)
                {
                    asked = update.Cursor;
                    yield return new(ProgressDocument.Of(update), "progress");
                }

                question = null;
            }

            if (reading.Lines.Count == 0)
            {
                var pause = Task.Delay(isLive ? Pause : RestingPause, clock, cancellationToken);
                await (question is null ? Task.WhenAny(pause) : Task.WhenAny(pause, question));
            }
        }
    }

    /// <summary>What the run's grain says; null when it cannot be asked, which is not news.</summary>
    private async Task<RunUpdate?> AskAsync(long cursor, CancellationToken cancellationToken)
    {
        try
        {
            if (await source.FindAsync(folder.RunId, cancellationToken) is { } run)
                return await run.WatchAsync(cursor, LongPoll, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception fault) when (Unanswered.Is(fault))
        {
            // The file tells what matters; the next question may find the grain elsewhere.
        }

        // Asked again at the pace of the file at most.
        await Task.WhenAny(Task.Delay(RestingPause, clock, cancellationToken));
        return null;
    }

    /// <summary>Notices that the record was replaced.</summary>
    private sealed class RecordWatch(RunFolder folder)
    {
        private (DateTime, long) _stamp;

        public RunRecord? Record { get; private set; }

        public bool HasChanged()
        {
            var file = new FileInfo(folder.Record);
            var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (stamp == _stamp || !file.Exists)
                return false;
            Record = RunRecord.Read(folder.Record);
            _stamp = stamp;
            return true;
        }

        public string Document(IRunSource source) =>
            JsonSerializer.Serialize(RunSummary.Of(Record!, source), ApiJson.Options);
    }
}
