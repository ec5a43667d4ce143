using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Coordination;

/// <summary>What a replay from the checkpoint says of trainers whose states differed without a majority (invariant I2).</summary>
/// <param name="dispute">Why the run went back; null when it did not, or for another reason.</param>
internal sealed class ReplayWitness(Dispute? dispute)
{
    private Dispute? _open = dispute;

    /// <summary>Trainers that had another state than the replay came to. Said once.</summary>
    /// <param name="holders">Everybody who holds the replayed state.</param>
    /// <returns>Nobody, until all of them have come by the disputed round and had one and the same state there.</returns>
    public IReadOnlyList<string> Wrong(IEnumerable<Member> holders)
    {
        if (_open is null)
            return [];
        var heartbeats = holders.Select(m => m.Last!).ToList();
        if (heartbeats.Any(heartbeat => heartbeat.Round < _open.Round))
            return [];
        // A trainer that copied a later state was not there; one that differs again is a dispute of its own.
        if (heartbeats.Select(b => b.WitnessHash).Where(h => h != 0).Distinct().ToList() is not [var truth])
            return [];
        var wrong = _open.States.Where(s => s.Hash != truth).Select(s => s.Trainer).ToList();
        _open = null;
        return wrong;
    }

    /// <summary>The disputed round; null when there is nothing to find out.</summary>
    public long? Round => _open?.Round;
}
