using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>The objectives of a run.</summary>
internal static class Objective
{
    /// <summary>What a run's slots compute.</summary>
    /// <exception cref="FaultException">
    /// MM1007: a key names something that does not exist. MM1005: the run cannot have its objective.
    /// </exception>
    public static IObjective Create(
        RunSpecification specification,
        Network network,
        ILoss loss,
        IReadOnlyList<int> counts,
        NetworkInput input
    ) =>
        ObjectiveCatalogue.Against(specification).FirstOrDefault() is { } fault
            ? throw fault
            : ObjectiveCatalogue
                .Of(specification.Method)
                .Create(new(specification, network, loss, counts, input));

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
            new(specification, network, new CrossEntropyLoss(), [], input),
            dividesByRows: true,
            new(network.Layout, specification.Model, Phase.Pretraining)
        );
}
