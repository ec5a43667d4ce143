namespace MMOrleans.Grains.Segments;

/// <summary>Which state each contributor to a round started from, counted by state: whether all are one is asked at every contribution.</summary>
internal sealed class StateTally
{
    private readonly Dictionary<string, UInt128> _states = [];
    private readonly Dictionary<UInt128, int> _contributors = [];

    /// <summary>Contributors.</summary>
    public int Count => _states.Count;

    /// <summary>Whether they started from different states.</summary>
    public bool Differ => _contributors.Count > 1;

    /// <summary>Takes note of a contributor's state, in place of what it said before.</summary>
    public void Note(string trainer, UInt128 hash)
    {
        if (_states.TryGetValue(trainer, out var before) && --_contributors[before] == 0)
            _contributors.Remove(before);
        _states[trainer] = hash;
        _contributors[hash] = _contributors.GetValueOrDefault(hash) + 1;
    }

    /// <summary>Everybody's, by name.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            _states.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value:x32}")
        );
}
