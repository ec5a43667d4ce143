namespace MMOrleans.Grains.Runs;

/// <summary>Whether the store behind the cluster answers, as this silo last saw it. The watch writes it; runs read it, and never wait.</summary>
public sealed class StoreHealth
{
    private volatile Away? _away;

    /// <summary>Since when it does not answer, and what it is told as; null while it does, and where there is none.</summary>
    public (DateTimeOffset Since, string Cause)? Fault => _away is { } away ? (away.Since, away.Cause) : null;

    /// <summary>It has not answered.</summary>
    /// <param name="since">The first question that was not answered.</param>
    /// <param name="cause">As a clause.</param>
    public void IsAway(DateTimeOffset since, string cause) => _away = new(since, cause);

    /// <summary>It answers.</summary>
    public void IsThere() => _away = null;

    private sealed record Away(DateTimeOffset Since, string Cause);
}
