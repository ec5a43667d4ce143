namespace MMOrleans.Runs.Events;

/// <summary>Training diverged.</summary>
/// <param name="Trainer">Who saw it first.</param>
/// <param name="RoundOfEpoch">Round of the epoch, from 1.</param>
/// <param name="Place">The first layer or parameter that is not finite.</param>
/// <param name="LearningRate">In force.</param>
/// <param name="GradientNorms">Of the averaged gradients of the rounds before it, oldest first; empty where rounds average parameters.</param>
public sealed record LossNotFinite(
    string Trainer,
    int RoundOfEpoch,
    string Place,
    double LearningRate,
    IReadOnlyList<double> GradientNorms
) : Incident;
