using Microsoft.Extensions.Options;

namespace MMOrleans.Grains.Coordination;

/// <summary>How patient a coordinator is with a silent trainer. Section <c>Liveness</c>, checked at start.</summary>
internal sealed class LivenessOptions
{
    /// <summary>How often a trainer heartbeats. Default 0.5 s.</summary>
    public TimeSpan Beat { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Silence that counts as death; at least three heartbeats. Default 5 s: a shared machine pauses a process for seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which others compute what a trainer owes, where they would only wait for it; it stays in the run.</summary>
    internal TimeSpan Missed => 3 * Beat;

    /// <summary>How long a complaint about the connection between two silos counts: twice the time in which an end of a cut complains.</summary>
    internal TimeSpan ComplaintAge => 2 * (Answer + Stuck);

    /// <summary>How long a segment keeps a call waiting before it answers "ask again"; at most 10 s. Default 1 s: a trainer that gets no answer for longer is cut off.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a trainer waits for a call that a segment keeps for a poll at most, or for a stretch of a state, before it asks again.</summary>
    internal TimeSpan Answer => Poll + TimeSpan.FromSeconds(2);

    /// <summary>Silence of a grain whose silo still heartbeats, before its work is moved elsewhere; longer than two polls. Default 3 s.</summary>
    public TimeSpan Stuck { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a trainer waits for a shard's images, which its own silo has as well.</summary>
    internal TimeSpan Images => Beat / 4;

    /// <summary>Longest time between two heartbeats of a trainer whose process runs: the call, and the pause after it.</summary>
    internal TimeSpan Call => Stuck + Beat;

    /// <summary>Neither heartbeats nor segments answer: a trainer stops computing after this, its state kept. Default 30 s.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long slots of a slow trainer must have been better off with faster ones, before they go there. Default 10 s.</summary>
    public TimeSpan Balance { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a run with too few trainers waits for others before it fails. Default 60 s.</summary>
    public TimeSpan Regroup { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>First time out of a trainer that left more than once; doubles to <see cref="LongestQuarantine"/>. Default 30 s.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Default 10 min.</summary>
    public TimeSpan LongestQuarantine { get; set; } = TimeSpan.FromMinutes(10);
}

internal sealed class LivenessOptionsValidator : IValidateOptions<LivenessOptions>
{
    public ValidateOptionsResult Validate(string? name, LivenessOptions options)
    {
        List<string> faults = [];
        if (options.Beat <= TimeSpan.Zero)
            faults.Add(
                $"Liveness:Beat is {options.Beat}; a trainer must beat more than never: give 00:00:00.5."
            );
        if (options.Patience < 3 * options.Beat)
            faults.Add(
                $"Liveness:Patience is {options.Patience}, less than three heartbeats of {options.Beat}: one lost packet would "
                    + $"count as a death; give at least {3 * options.Beat}."
            );
        if (options.Poll <= TimeSpan.Zero || options.Poll > TimeSpan.FromSeconds(10))
            faults.Add(
                $"Liveness:Poll is {options.Poll}; a segment may keep a call between nothing and 10 s: give 00:00:01."
            );
        if (options.Stuck <= 2 * options.Poll)
            faults.Add(
                $"Liveness:Stuck is {options.Stuck}, not longer than two polls of {options.Poll}: a segment that waits for a slow "
                    + $"trainer would count as cut off; give at least {3 * options.Poll}."
            );
        if (options.Idle < options.Patience)
            faults.Add(
                $"Liveness:Idle is {options.Idle}, shorter than Liveness:Patience {options.Patience}: trainers would stop before "
                    + $"the coordinator noticed; give at least {options.Patience}."
            );
        return faults is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
