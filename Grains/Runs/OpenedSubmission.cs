using MMOrleans.Grains.DataShards;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Runs;

/// <summary>What a new run begins with.</summary>
/// <param name="Settings">With the place of its checkpoints settled.</param>
/// <param name="Data">Its images.</param>
/// <param name="Weights">Other than its seed's; null for those.</param>
/// <param name="Fork">Another run's past that becomes its own; null for none.</param>
internal sealed record OpenedSubmission(
    RunSettings Settings,
    TrainingData Data,
    InitialWeights? Weights,
    RunFork? Fork
);
