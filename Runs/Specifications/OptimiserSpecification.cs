using System.ComponentModel.DataAnnotations;

namespace MMOrleans.Runs.Specifications;

/// <summary>Stochastic gradient descent.</summary>
public sealed record OptimiserSpecification
{
    /// <summary>Base learning rate, above 0.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true)]
    public required double LearningRate { get; init; }

    /// <summary>In [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>0 or more; applied to every parameter.</summary>
    [Range(0, double.PositiveInfinity)]
    public double WeightDecay { get; init; } = 2e-4;

    /// <summary>Nesterov's look-ahead.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Largest Euclidean norm of the averaged gradient, above 0; null for no limit.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true)]
    public double? ClipNorm { get; init; }
}
