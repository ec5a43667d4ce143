using MMOrleans.Learning.Models;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>The objectives by name: a new one is a file of its own and a line here.</summary>
public static class ObjectiveCatalogue
{
    /// <summary>All of them, the usual one first.</summary>
    public static IReadOnlyList<ObjectiveDefinition> All { get; } =
    [
        SupervisedObjective.Definition,
        BilateralObjective.Definition,
        MetaWeightObjective.Definition,
        MetaSamplerObjective.Definition,
    ];

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(objective => objective.Name)];

    /// <summary>Each image told by its class: what a method has that names no other.</summary>
    public static ObjectiveDefinition Usual => All[0];

    /// <summary>Null when there is no such objective.</summary>
    public static ObjectiveDefinition? Find(string name) => All.FirstOrDefault(o => o.Name == name);

    /// <summary>The objective of a method.</summary>
    /// <exception cref="FaultException">MM1007: there is none of that name.</exception>
    public static ObjectiveDefinition Of(MethodSpecification method) =>
        method.Objective is not { } name
            ? Usual
            : Find(name) ?? throw FaultException.NoChoice("method.objective", name, [.. Names]);

    /// <summary>What the vectors of a run's state hold: its network's tensors, and what its objective carries.</summary>
    /// <exception cref="FaultException">MM1007: there is no such network, classifier or objective.</exception>
    public static StateLayout Layout(RunSpecification specification, int classes, int height, int width)
    {
        var network = Networks.Create(specification.Model, classes, height, width, specification.Pretraining);
        Of(specification.Method).Carries?.Invoke(network, classes);
        return network.Layout;
    }

    /// <summary>What keeps a run from having its objective: nothing when all is well.</summary>
    /// <param name="specification">The run.</param>
    /// <param name="subject">How messages name a key: where it was written, when somebody knows; null for the key alone.</param>
    /// <exception cref="FaultException">MM1007: there is no such objective.</exception>
    public static IEnumerable<FaultException> Against(
        RunSpecification specification,
        Func<string, string>? subject = null
    )
    {
        var method = specification.Method;
        var objective = Of(method);
        var named = $"method.objective {objective.Name}";
        string Key(string key, object value) => $"{subject?.Invoke(key) ?? key} {value}";

        if (specification.Slots > 1 && objective.WholeBatch is { } why)
            yield return new(
                "MM1005",
                $"{Key("distribution.slots", specification.Slots)} and {named} exclude each other: {why}, so sharing the batch would change the result",
                "--slots 1, or another method"
            );
        if (specification.LocalSteps > 1 && objective.EveryStepAveraged is { } reason)
            yield return new(
                "MM1005",
                $"{Key("distribution.local_steps", specification.LocalSteps)} and {named} exclude each other: {reason}",
                "--set distribution.local_steps=1, or another method"
            );
        if (objective.Head is { } head && specification.Model.Head != head)
            yield return new(
                "MM1005",
                $"{Key("model.head", specification.Model.Head)} contradicts {named}, which needs {head}",
                $"--set model.head={head}"
            );
        if (objective.Trains is { } trains && (specification.Model.Trains ?? "all") != trains)
            yield return new(
                "MM1005",
                $"{Key("model.trains", specification.Model.Trains ?? "all")} contradicts {named}, which trains the {trains} alone",
                $"--set model.trains={trains}"
            );
        if (objective.HasCompanion && method.Companion is null)
            yield return new(
                "MM1005",
                $"{Key("method.companion", "none")} contradicts {named}, whose steps have a second batch: nothing would say of which images",
                "--set method.companion=auto"
            );
        if (!objective.HasCompanion && method.Companion is { } unused)
            yield return new(
                "MM1005",
                $"{Key("method.companion", unused)} contradicts {named}, whose steps have one batch",
                "--set method.companion=none"
            );
        if (method.Companion == CompanionSamplers.HeldOut && specification.Imbalance.HeldOut == 0)
            yield return new(
                "MM1005",
                $"{Key("imbalance.held_out", 0)} contradicts method.companion {method.Companion}: there would be no images for it",
                "--set imbalance.held_out=10, so many of each class"
            );
        if (
            method.Companion is { } drawn and not CompanionSamplers.HeldOut
            && !Samplers.KeepsEpochs(method.Sampler)
        )
            yield return new(
                "MM1005",
                $"{Key("method.sampler", method.Sampler)} contradicts method.companion {drawn}: an epoch of the one has other draws than one of the other, so that steps would lack their second batch",
                "--set method.sampler=uniform"
            );
    }
}
