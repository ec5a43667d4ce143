using TorchSharp;

namespace MMOrleans.Learning.Models;

/// <summary>What a network says about some rows, and from what.</summary>
/// <param name="Logits">[rows, classes].</param>
/// <param name="Features">[rows, features]: what the classifier was given.</param>
/// <param name="ClassifierWeights">[classes, features]: a row a class.</param>
public readonly record struct NetworkOutput(
    torch.Tensor Logits,
    torch.Tensor Features,
    torch.Tensor ClassifierWeights
);
