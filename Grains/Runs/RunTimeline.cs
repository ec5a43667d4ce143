using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Runs;

/// <summary>What watchers are told: epochs and events in order, each with a number, and a way to wait for more.</summary>
internal sealed class RunTimeline
{
    private readonly List<object> _entries = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every epoch so far.</summary>
    public ImmutableArray<EpochResult> Epochs => [.. _entries.OfType<EpochResult>()];

    /// <summary>Ends at the next change.</summary>
    public Task More => _more.Task;

    /// <summary>Whether there is something after a cursor.</summary>
    public bool HasAfter(long cursor) => cursor < _entries.Count;

    /// <summary>Adds an epoch or an event.</summary>
    public void Add(object entry)
    {
        _entries.Add(entry);
        Touch();
    }

    /// <summary>Wakes those who wait: something else changed.</summary>
    public void Touch()
    {
        var more = _more;
        _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        more.SetResult();
    }

    /// <summary>What came after a cursor.</summary>
    public RunUpdate After(long cursor, RunStatus state, RunProgress progress)
    {
        var entries = _entries.Skip((int)Math.Clamp(cursor, 0, _entries.Count)).ToList();
        return new(
            _entries.Count,
            state,
            progress,
            [.. entries.OfType<EpochResult>()],
            [.. entries.OfType<RunEvent>()]
        );
    }
}
