using MMOrleans.Grains.Interfaces.Coordination;

namespace MMOrleans.Grains.Trainers;

/// <summary>The newest answer to a trainer's beats, and a way to wait for a newer one.</summary>
internal sealed class StandingOrders
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BeatAnswer _current = new(Directive.Train, null);

    /// <summary>What is to be done, and a task that ends when that changes.</summary>
    public (BeatAnswer Orders, Task Changed) Read()
    {
        lock (_lock)
            return (_current, _changed.Task);
    }

    /// <summary>Takes an answer in; an older term than the one known is dropped.</summary>
    public void Note(BeatAnswer answer)
    {
        lock (_lock)
        {
            var (old, now) = (_current.Lease?.Term ?? 0, answer.Lease?.Term ?? 0);
            if (answer.Directive == _current.Directive && now <= old)
                return;
            // A pause keeps the lease in mind: its term goes on being told to the coordinator.
            _current = now >= old ? answer : answer with { Lease = _current.Lease };
            var changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }
}
