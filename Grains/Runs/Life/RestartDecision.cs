using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>What a run that nobody leads is to do.</summary>
internal enum RestartChoice
{
    /// <summary>Nothing: somebody leads it after all.</summary>
    Leave,

    /// <summary>Begin again from the newest checkpoint.</summary>
    GoBack,

    /// <summary>End as its owner wanted, where its checkpoint is.</summary>
    Stop,

    /// <summary>End with a fault.</summary>
    Fail,
}

/// <param name="Choice">What to do.</param>
/// <param name="Fault">The fault to fail with; null otherwise.</param>
internal sealed record RestartDecision(RestartChoice Choice, Fault? Fault = null);
