using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>What becomes of a run that nobody leads, or of whose states nobody knows which is right.</summary>
/// <remarks>Monotonic time and signs in, a decision out; the run's grain carries it out.</remarks>
internal sealed class RestartPolicy(string run, LivenessOptions liveness)
{
    private DateTimeOffset _heardAt = DateTimeOffset.MinValue;
    private DateTimeOffset? _waitingSince;
    private Dispute? _settled;

    /// <summary>How long it has waited for trainers, to go back with.</summary>
    public TimeSpan Waited(DateTimeOffset now) => now - (_waitingSince ?? now);

    /// <summary>A coordinator told of trainers that hold the state.</summary>
    public void Heard(DateTimeOffset now) => _heardAt = now;

    /// <summary>The run is over: what a resumption meets is new.</summary>
    public void Forget() => (_waitingSince, _settled) = (null, null);

    /// <summary>Whether it is to go back to its newest checkpoint.</summary>
    /// <param name="reason">Why it was asked for, as a clause.</param>
    /// <param name="dispute">The states that differ; null when the state is lost.</param>
    /// <param name="isStopping">Whether the owner wants it to end.</param>
    /// <param name="now">Monotonic time.</param>
    public RestartDecision Decide(string reason, Dispute? dispute, bool isStopping, DateTimeOffset now)
    {
        // A coordinator that is cut off hears of nobody, while another one leads those who train.
        if (dispute is null && now - _heardAt < liveness.Patience)
            return new(RestartChoice.Leave);
        if (dispute is not null && dispute.Round == _settled?.Round)
            return new(
                RestartChoice.Fail,
                new(
                    "MM4004",
                    $"{reason}; it was so again after the newest checkpoint",
                    $"mm logs {run}; take the faulty device out, then mm resume {run}"
                )
            );
        return new(isStopping ? RestartChoice.Stop : RestartChoice.GoBack);
    }

    /// <summary>What follows from the attempt to go back.</summary>
    /// <param name="reason">Why it was asked for, as a clause.</param>
    /// <param name="dispute">As before.</param>
    /// <param name="refusal">Why it did not come about; null when it did.</param>
    /// <param name="now">Monotonic time.</param>
    /// <returns>The fault that the run fails with; null while it goes on, or waits for trainers.</returns>
    public Fault? Tried(string reason, Dispute? dispute, Fault? refusal, DateTimeOffset now)
    {
        if (refusal is null)
        {
            (_settled, _waitingSince) = (dispute, null);
            return null;
        }

        // Too few trainers, or a store of checkpoints that does not answer: both may be back in a moment.
        if (refusal.Code is not ("MM3002" or "MM5004"))
            return refusal;
        _waitingSince ??= now;
        return now - _waitingSince < liveness.Regroup ? null
            : refusal.Code == "MM5004" ? refusal
            : new(
                "MM4002",
                $"{reason}, and none came in {liveness.Regroup.TotalSeconds:0} s: {refusal.Message}",
                $"start silos, then mm resume {run}"
            );
    }
}
