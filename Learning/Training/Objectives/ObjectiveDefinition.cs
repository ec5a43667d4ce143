using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>An objective as a method names it: how it is made, and what it cannot do without.</summary>
public sealed record ObjectiveDefinition
{
    internal ObjectiveDefinition(string name, string words, Func<ObjectiveParts, IObjective> create) =>
        (Name, Words, Create) = (name, words, create);

    /// <summary>As in <c>method.objective</c>.</summary>
    public string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    public string Words { get; }

    /// <summary>The objective of a run.</summary>
    internal Func<ObjectiveParts, IObjective> Create { get; }

    /// <summary>Declares what the objective carries from step to step, given the classes, as its constructor does; null when nothing.</summary>
    internal Action<Network, int>? Carries { get; init; }

    /// <summary>Whether it carries anything from step to step.</summary>
    public bool CarriesState => Carries is not null;

    /// <summary>Whether a step uses a second batch.</summary>
    public bool HasCompanion { get; init; }

    /// <summary>The only classifier that it can have; null when any will do.</summary>
    public string? Head { get; init; }

    /// <summary>The only value of <c>model.trains</c> that it can have; null when any will do.</summary>
    public string? Trains { get; init; }

    /// <summary>Keys of <c>method</c> besides its numbers that are this objective's.</summary>
    public IReadOnlyList<string> Uses { get; init; } = [];

    /// <summary>Numbers that this objective has for itself.</summary>
    public IReadOnlyList<MethodParameter> Parameters { get; init; } = [];

    /// <summary>Whether <c>method.KEY</c> changes this objective and no other.</summary>
    public bool IsChangedBy(string key) => Uses.Contains(key) || Parameters.Any(p => p.Name == key);

    /// <summary>Why a batch must not be shared between slots; null when it may.</summary>
    public string? WholeBatch { get; init; }

    /// <summary>Why a round must not have more than one step; null when it may.</summary>
    public string? EveryStepAveraged { get; init; }
}
