using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Runs;

/// <summary>What watchers are told: epochs and events in order, each with a number, and a way to wait for more.</summary>
/// <remarks>
/// A confusion matrix is kept of the last evaluation and of the best one: of a thousand classes' hundred epochs they would be most of a silo's
/// memory, and the record has the last as well. An answer is a page: one above the largest message closes the connection that it is sent over.
/// </remarks>
internal sealed class RunTimeline
{
    /// <summary>Bytes of entries in one answer at most; a single entry may be larger.</summary>
    internal const int LargestPage = 2 << 20;

    private readonly List<Entry> _entries = [];
    private readonly List<EpochResult> _epochs = [];
    private int? _last; // by place among the epochs: the one that was evaluated last
    private int? _best; // the most accurate one; of equals the earliest
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every epoch so far. Not a copy: it grows.</summary>
    public IReadOnlyList<EpochResult> Epochs => _epochs;

    /// <summary>The last epoch; null before the first.</summary>
    public EpochResult? Last => _epochs.Count > 0 ? _epochs[^1] : null;

    /// <summary>The newest epochs that fit into one answer, in order.</summary>
    public ImmutableArray<EpochResult> NewestEpochs
    {
        get
        {
            var first = _epochs.Count;
            for (long bytes = 0; first > 0; first--)
                if ((bytes += BytesOf(_epochs[first - 1])) > LargestPage && first < _epochs.Count)
                    break;
            return [.. _epochs.Skip(first)];
        }
    }

    /// <summary>Ends at the next change.</summary>
    public Task More => _more.Task;

    /// <summary>Whether there is something after a cursor.</summary>
    public bool HasAfter(long cursor) => cursor < _entries.Count;

    /// <summary>Adds an epoch.</summary>
    public void Add(EpochResult epoch)
    {
        _entries.Add(new(null, _epochs.Count));
        _epochs.Add(epoch);
        if (epoch.Accuracy is not null)
            Forget(_epochs.Count - 1);
        Touch();
    }

    /// <summary>Adds an event.</summary>
    public void Add(RunEvent happened)
    {
        _entries.Add(new(happened, 0));
        Touch();
    }

    /// <summary>Wakes those who wait: something else changed.</summary>
    public void Touch()
    {
        var more = _more;
        _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        more.SetResult();
    }

    /// <summary>What came after a cursor, as much as fits into one answer.</summary>
    public RunUpdate After(long cursor, RunStatus state, RunProgress progress)
    {
        var next = (int)Math.Clamp(cursor, 0, _entries.Count);
        var (epochs, events) = (new List<EpochResult>(), new List<RunEvent>());
        for (long bytes = 0; next < _entries.Count; next++)
        {
            var (happened, epoch) = _entries[next];
            bytes += happened is null ? BytesOf(_epochs[epoch]) : BytesOf(happened);
            if (bytes > LargestPage && epochs.Count + events.Count > 0)
                break;
            if (happened is null)
                epochs.Add(_epochs[epoch]);
            else
                events.Add(happened);
        }

        return new(next, state, progress, [.. epochs], [.. events], HasMore: next < _entries.Count);
    }

    /// <summary>An upper bound, in JSON: the names of the metrics, and the digits that a number has at most.</summary>
    internal static long BytesOf(EpochResult epoch)
    {
        const int OfMetric = 64;
        const int OfNumber = 26;
        var counts = epoch.Counts;
        var numbers =
            (counts?.ClassAccuracy.Count ?? 0)
            + (counts?.Confusion.Count ?? 0)
            + (3 * (counts?.Calibration?.Images.Count ?? 0))
            + (
                counts?.Margins is { } margins
                    ? margins.Many.Count + margins.Medium.Count + margins.Few.Count
                    : 0
            );
        return (MetricTable.All.Count * OfMetric) + (numbers * OfNumber) + 1024;
    }

    private static long BytesOf(RunEvent happened) =>
        128 + (3L * (happened.Kind.Length + happened.Message.Length));

    /// <summary>Another epoch was evaluated: matrices that nobody shows any more are let go.</summary>
    private void Forget(int newest)
    {
        var (last, best) = (_last, _best);
        _last = newest;
        if (best is null || _epochs[newest].Accuracy > _epochs[best.Value].Accuracy)
            _best = newest;
        foreach (var place in (int?[])[last, best])
            if (
                place is { } epoch
                && epoch != _last
                && epoch != _best
                && _epochs[epoch].Counts is { Confusion.Count: > 0 } counts
            )
                _epochs[epoch] = _epochs[epoch] with { Counts = counts with { Confusion = [] } };
    }

    /// <param name="Event">Null for an epoch.</param>
    /// <param name="Epoch">Its place among the epochs.</param>
    private readonly record struct Entry(RunEvent? Event, int Epoch);
}
