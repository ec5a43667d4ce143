namespace MMOrleans.Grains.Telemetry;

/// <summary>The runs that this process works on: it has their grain, or one of their trainers. Safe from any thread.</summary>
public sealed class RunsHere
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _holders = [];

    /// <summary>Raised when the last holder of a run has left it.</summary>
    public event Action<string>? Left;

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
                return [.. _holders.Keys];
        }
    }

    /// <summary>Whether it is one of them.</summary>
    public bool Contains(string run)
    {
        lock (_gate)
            return _holders.ContainsKey(run);
    }

    /// <summary>A grain or a trainer begins to work on a run; <see cref="Leave"/> ends it.</summary>
    public void Enter(string run)
    {
        lock (_gate)
            _holders[run] = _holders.GetValueOrDefault(run) + 1;
    }

    /// <summary>One of those who entered is done.</summary>
    public void Leave(string run)
    {
        lock (_gate)
        {
            var left = _holders.GetValueOrDefault(run) - 1;
            if (left > 0)
            {
                _holders[run] = left;
                return;
            }

            _holders.Remove(run);
        }

        Left?.Invoke(run);
    }
}
