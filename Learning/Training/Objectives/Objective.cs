using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>The objective of a run.</summary>
internal static class Objective
{
    /// <summary>What a run's slots compute.</summary>
    /// <exception cref="LearningFault">
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
}
