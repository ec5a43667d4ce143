using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Models;

/// <summary>What the optimiser touches in a phase; everything else keeps its bits: no gradient, no decay, no momentum.</summary>
public static class TrainedParts
{
    /// <summary>The values of <c>model.trains</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["all", "classifier", "scales"];

    /// <summary>Whether a part is trained.</summary>
    /// <param name="model">What the method trains.</param>
    /// <param name="phase">Pre-training trains the backbone and its own head, whatever the method trains.</param>
    /// <param name="part">Of the state.</param>
    /// <exception cref="FaultException">MM1007: <c>model.trains</c> names something else.</exception>
    public static bool Contain(ModelSpecification model, Phase phase, StatePart part) =>
        phase == Phase.Pretraining
            ? part is StatePart.Backbone or StatePart.Rotation
            : model.Trains switch
            {
                null or "all" => part != StatePart.Rotation,
                "classifier" => part is StatePart.Classifier or StatePart.Scales,
                "scales" => part == StatePart.Scales,
                var other => throw FaultException.NoChoice("model.trains", other, [.. Names]),
            };

    /// <summary>Whether the backbone computes as in training: normalises by the batch and moves its running statistics.</summary>
    /// <remarks>
    /// A frozen backbone stays in evaluation mode. Kang et al. 2020 left it in training mode, where its statistics drift towards the sampler's
    /// distribution: <c>model.shift_batch_norm</c>.
    /// </remarks>
    public static bool MoveStatistics(ModelSpecification model, Phase phase) =>
        Contain(model, phase, StatePart.Backbone) || model.ShiftBatchNorm;
}
