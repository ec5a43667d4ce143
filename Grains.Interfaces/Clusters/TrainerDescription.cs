namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>One trainer that the cluster could use.</summary>
/// <param name="Trainer">Key of its grain, <c>silo/t0</c>.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Fingerprint">Build and kernels: library, device kind, processor features, and for a card its name, capability, driver and cuDNN. Equal for all trainers of a strict run.</param>
/// <param name="RunId">The run that has it; empty when free.</param>
[GenerateSerializer, Immutable, Alias("mm.TrainerDescription")]
public sealed record TrainerDescription(
    [property: Id(0)] string Trainer,
    [property: Id(1)] string Device,
    [property: Id(2)] string Fingerprint,
    [property: Id(3)] string RunId
);
