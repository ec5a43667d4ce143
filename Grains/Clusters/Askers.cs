namespace MMOrleans.Grains.Clusters;

/// <summary>Which runs still ask for what the ledger keeps for them: a run that lives asks every other second, whatever it waits for.</summary>
/// <remarks>Not stored: when the cluster's grain has moved, every run's time counts from its activation.</remarks>
internal sealed class Askers(TimeProvider clock)
{
    /// <summary>Silence after which a queued run lets others pass.</summary>
    public static TimeSpan QueuePatience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Silence after which a run may be over without having said so. Over twenty questions: a silo that dies costs some. Less than the minute
    /// that a run waits for trainers.
    /// </summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(45);

    /// <summary>Silence after which a run is to say, itself, whether it still wants what is kept for it; and again after as long.</summary>
    public static TimeSpan QuietPatience { get; } = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, long> _askedAt = [];
    private readonly Dictionary<string, long> _wokenAt = [];
    private readonly long _since = clock.GetTimestamp();

    /// <summary>Runs whose time is known.</summary>
    public int Count => _askedAt.Count;

    /// <summary>A run asks, or is known to live.</summary>
    public void Note(string run)
    {
        _askedAt[run] = clock.GetTimestamp();
        _wokenAt.Remove(run);
    }

    /// <summary>A run has let go of everything.</summary>
    public void Forget(string run)
    {
        _askedAt.Remove(run);
        _wokenAt.Remove(run);
    }

    /// <summary>Whether a run has asked within a time.</summary>
    public bool HasAsked(string run, TimeSpan within) =>
        clock.GetElapsedTime(_askedAt.GetValueOrDefault(run, _since)) < within;

    /// <summary>Runs that hold trainers, have not asked for a while, and are to be woken now: an ended one lets them go then.</summary>
    public IReadOnlyList<string> ToWake(ClusterLedger ledger)
    {
        var quiet = ledger
            .RunOf.Values.Distinct()
            .Where(run =>
                !HasAsked(run, QuietPatience)
                && (!_wokenAt.TryGetValue(run, out var woken) || clock.GetElapsedTime(woken) >= QuietPatience)
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        foreach (var run in quiet)
            _wokenAt[run] = clock.GetTimestamp();
        return quiet;
    }

    /// <summary>Runs that the ledger keeps something for, and that have been silent for too long.</summary>
    public IReadOnlyList<string> Silent(ClusterLedger ledger)
    {
        var kept = ledger.RunOf.Values.Concat(ledger.Queue.Keys).ToHashSet();
        foreach (var run in _askedAt.Keys.Where(run => !kept.Contains(run)).ToList())
            if (!HasAsked(run, Patience))
                Forget(run); // refused once, and never seen again
        return [.. kept.Where(run => !HasAsked(run, Patience)).Order(StringComparer.Ordinal)];
    }
}
