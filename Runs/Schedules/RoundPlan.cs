namespace MMOrleans.Runs.Schedules;

/// <summary>One round.</summary>
/// <param name="Round">Number, from 0.</param>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="RoundOfEpoch">Number within the epoch, from 0.</param>
/// <param name="FirstStep">First optimiser step within the epoch.</param>
/// <param name="Steps">Local steps, 1 … H.</param>
/// <param name="LearningRate">Rate of the epoch.</param>
/// <param name="Phase">Pre-training, or before or after the DRW switch.</param>
/// <param name="EndsEpoch">Whether it is the epoch's last.</param>
/// <param name="MethodEpoch">The epoch as the method counts it: from 0, and below 0 in pre-training.</param>
/// <param name="EndsPretraining">Whether the next round is the method's first.</param>
public readonly record struct RoundPlan(
    long Round,
    int Epoch,
    int RoundOfEpoch,
    int FirstStep,
    int Steps,
    double LearningRate,
    Phase Phase,
    bool EndsEpoch,
    int MethodEpoch,
    bool EndsPretraining
);
