namespace MMOrleans.Grains.Coordination;

/// <summary>How often something went wrong lately. Calm takes one off at a time.</summary>
/// <remarks>
/// By time and not by rounds: what a repetition costs is a handover, some seconds whatever a round lasts, and a trainer that costs one in
/// a while is worth more in the run than outside of it.
/// </remarks>
/// <param name="least">How long nothing has to go wrong for one to be forgiven, where the last one cost less time than that; else as long as it cost.</param>
internal sealed class Strikes(TimeSpan least)
{
    private int _count;
    private int _kept;
    private DateTimeOffset _calmSince;
    private TimeSpan _cost; // of the last one

    private TimeSpan Calm => _cost > least ? _cost : least;

    /// <summary>How many are not forgiven.</summary>
    public int At(DateTimeOffset now) =>
        Math.Max(_kept, _count - (int)Math.Clamp((now - _calmSince) / Calm, 0, _count));

    /// <summary>It went wrong once more.</summary>
    /// <param name="now">When.</param>
    /// <param name="until">When it may go wrong again: calm counts from then on.</param>
    /// <param name="forgivable">Whether calm makes up for it.</param>
    public void Add(DateTimeOffset now, DateTimeOffset until, bool forgivable = true)
    {
        _count = At(now) + 1;
        _kept += forgivable ? 0 : 1;
        (_calmSince, _cost) = (until, until - now);
    }
}
