using MMOrleans.Learning.Specifications;
using MMOrleans.Learning.Weighting;

namespace MMOrleans.Learning.Losses;

/// <summary>The losses by name.</summary>
public static class LossCatalogue
{
    private static readonly Dictionary<string, Func<MethodSpecification, IReadOnlyList<int>, ILoss>> Losses =
        new(StringComparer.Ordinal)
        {
            ["ce"] = (_, _) => new CrossEntropyLoss(),
            ["ldam"] = (method, counts) =>
                new LdamLoss(method.Scale, LdamMargins.Of(counts, method.MaxMargin)),
            ["mm"] = (method, counts) =>
                new MaximumMarginLoss(
                    method.Scale,
                    [.. counts.Select(_ => method.DeltaMinus)],
                    method.DeltaRatio
                ),
            ["mm-ldam"] = (method, counts) =>
                new MaximumMarginLoss(
                    method.Scale,
                    // C′ stays 0.5 whatever δ₋ is.
                    [.. LdamMargins.Of(counts, 0.5).Select(margin => method.DeltaMinus - margin)],
                    method.DeltaRatio
                ),
        };

    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Losses.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The loss of a method.</summary>
    /// <param name="method">Loss and its numbers.</param>
    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <exception cref="LearningFault">MM1007: there is no loss of that name.</exception>
    public static ILoss Create(MethodSpecification method, IReadOnlyList<int> counts) =>
        Losses.TryGetValue(method.Loss, out var create)
            ? create(method, counts)
            : throw new LearningFault(
                "MM1007",
                $"No loss is called '{method.Loss}'.",
                $"Set method.loss to one of {string.Join(", ", Names)}."
            );
}
