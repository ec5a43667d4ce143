using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>The objective of a run.</summary>
internal static class Objective
{
    /// <summary>What a run's slots compute.</summary>
    /// <exception cref="LearningFault">MM1007: a key names something that does not exist.</exception>
    public static IObjective Create(
        RunSpecification specification,
        Network network,
        ILoss loss,
        NetworkInput input
    ) => new SupervisedObjective(network, loss, Reductions.DividesByRows(specification.Method), input);
}
