using MMOrleans.Learning.Models;
using TorchSharp;

namespace MMOrleans.Learning.Losses;

/// <summary>What a loss may look at: a slot's rows as the network sees them.</summary>
/// <param name="Logits">[rows, classes], before any scale or margin.</param>
/// <param name="Labels">The true classes of the same rows.</param>
public sealed record LossInput(torch.Tensor Logits, LabelRows Labels)
{
    /// <summary>[rows, features]: what the classifier was given.</summary>
    public torch.Tensor? Features { get; init; }

    /// <summary>[classes, features]: the classifier's weights, a row a class.</summary>
    public torch.Tensor? ClassifierWeights { get; init; }

    /// <summary>w_c of every class, for losses into which they enter other than as a factor; the factor is applied elsewhere. Null: ones.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Optimiser steps of the run before this one.</summary>
    public long Step { get; init; }

    /// <summary>Random numbers for these rows in training; null in testing.</summary>
    public RowNoise? Noise { get; init; }

    /// <summary>What a network says about rows of these classes.</summary>
    internal static LossInput Of(NetworkOutput output, LabelRows labels) =>
        new(output.Logits, labels)
        {
            Features = output.Features,
            ClassifierWeights = output.ClassifierWeights,
        };
}
