using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>What a virtual step of Meta-Weight-Net came to.</summary>
/// <param name="InnerLoss">A scalar: the batch's weighted loss.</param>
/// <param name="Weights">[rows]: each row's share in it.</param>
/// <param name="Parameters">The network's after the virtual step.</param>
/// <param name="MetaLoss">A scalar: the companion's mean loss with these.</param>
/// <param name="Gradient">[weighting net's parameters]: of the meta loss.</param>
internal sealed record MetaStep(
    Tensor InnerLoss,
    Tensor Weights,
    IReadOnlyList<Tensor> Parameters,
    Tensor MetaLoss,
    Tensor Gradient
);
