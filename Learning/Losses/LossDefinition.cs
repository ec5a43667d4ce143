using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Losses;

/// <summary>A loss as users choose it: its name, the numbers it takes, and how it is made from them.</summary>
/// <param name="Name">As in <c>method.loss</c>.</param>
/// <param name="Words">What it is, in a few words.</param>
/// <param name="Create">The loss for a method and the training images of every class of the whole run.</param>
public sealed record LossDefinition(
    string Name,
    string Words,
    Func<MethodSpecification, IReadOnlyList<int>, ILoss> Create
)
{
    /// <summary>Keys of <c>method</c> that every loss could have and this one uses, such as <c>scale</c>.</summary>
    public IReadOnlyList<string> Uses { get; init; } = [];

    /// <summary>Numbers that this loss has for itself.</summary>
    public IReadOnlyList<MethodParameter> Parameters { get; init; } = [];

    /// <summary>The only classifier that it can have; null when any will do.</summary>
    public string? Head { get; init; }

    /// <summary>Why a batch must not be shared between slots under a method; null when its rows are independent.</summary>
    public Func<MethodSpecification, string?> WholeBatch { get; init; } = _ => null;

    /// <summary>Whether <c>method.KEY</c> changes this loss.</summary>
    public bool IsChangedBy(string key) => Uses.Contains(key) || Parameters.Any(p => p.Name == key);
}
