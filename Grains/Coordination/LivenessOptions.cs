using Microsoft.Extensions.Options;

namespace MMOrleans.Grains.Coordination;

/// <summary>How patient a coordinator is with a silent trainer. Section <c>Liveness</c>, checked at start.</summary>
internal sealed class LivenessOptions
{
    /// <summary>How often a trainer beats. Default 0.5 s.</summary>
    public TimeSpan Beat { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Silence that counts as death; at least three beats. Default 5 s: a shared machine pauses a process for seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);
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
                $"Liveness:Patience is {options.Patience}, less than three beats of {options.Beat}: one lost packet would "
                    + $"count as a death; give at least {3 * options.Beat}."
            );
        return faults is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
