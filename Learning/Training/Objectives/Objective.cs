using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Schedules;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>The objectives of a run.</summary>
internal static class Objective
{
    /// <summary>What a run's slots compute.</summary>
    /// <exception cref="LearningFault">MM1007: a key names something that does not exist.</exception>
    public static IObjective Create(
        RunSpecification specification,
        Network network,
        ILoss loss,
        NetworkInput input
    ) =>
        new SupervisedObjective(
            network,
            loss,
            Reductions.DividesByRows(specification.Method),
            input,
            new(network.Layout, specification.Model, Phase.Main)
        );

    /// <summary>What they compute in the first stage: cross-entropy over the pretext's classes, every image alike.</summary>
    /// <param name="specification">The run.</param>
    /// <param name="network">With the pretext's head.</param>
    /// <param name="input">For the pretext's classes.</param>
    public static IObjective Pretraining(
        RunSpecification specification,
        Network network,
        NetworkInput input
    ) =>
        new SupervisedObjective(
            network,
            new CrossEntropyLoss(),
            dividesByRows: true,
            input,
            new(network.Layout, specification.Model, Phase.Pretraining)
        );
}
