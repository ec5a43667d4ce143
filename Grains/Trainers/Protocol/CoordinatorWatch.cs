using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Tells when a trainer has waited long enough: its coordinator does not answer, and its round makes no progress.</summary>
/// <remarks>A part of <see cref="TrainerProtocol"/>, in its time.</remarks>
internal sealed class CoordinatorWatch(LivenessOptions liveness)
{
    private DateTimeOffset _answeredAt;
    private DateTimeOffset? _refusedAt; // since then its silo cannot be reached
    private long? _round; // that is open
    private DateTimeOffset _since; // it is open
    private TimeSpan _roundBefore;

    /// <summary>When something was last computed, averaged or copied.</summary>
    public DateTimeOffset MovedAt { get; private set; }

    /// <summary>The coordinator has answered a heartbeat.</summary>
    public void Answered(DateTimeOffset now) => (_answeredAt, _refusedAt) = (now, null);

    /// <summary>A heartbeat was refused: nothing listens where the coordinator was, which says more than silence.</summary>
    public void Refused(DateTimeOffset now) => _refusedAt ??= now;

    /// <summary>Something was computed, averaged or copied.</summary>
    /// <param name="round">The round that is open.</param>
    /// <param name="now">Time.</param>
    public void Moved(long round, DateTimeOffset now)
    {
        MovedAt = now;
        if (round == _round)
            return;
        if (round == _round + 1)
            _roundBefore = now - _since;
        (_round, _since) = (round, now);
    }

    /// <summary>
    /// Three heartbeats without an answer, and two without progress; where heartbeats are refused, one of either, and no progress for as long
    /// as the round before took: where rounds take seconds it is usual to wait for others.
    /// </summary>
    public bool IsOver(DateTimeOffset now)
    {
        var stands = now - MovedAt;
        return now - _refusedAt > liveness.Beat
            ? stands > liveness.Beat && stands > _roundBefore
            : now - _answeredAt > liveness.Missed && stands > 2 * liveness.Beat;
    }
}
