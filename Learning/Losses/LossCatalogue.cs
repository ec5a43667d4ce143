using MMOrleans.Learning.Specifications;
using MMOrleans.Learning.Weighting;

namespace MMOrleans.Learning.Losses;

/// <summary>The losses by name.</summary>
public static class LossCatalogue
{
    private static readonly Dictionary<string, Func<MethodSpecification, IReadOnlyList<int>, ILoss>> Losses =
        new(StringComparer.Ordinal)
        {
            ["balanced-softmax"] = (_, counts) => new AdjustedLogitsLoss(counts),
            ["cb-focal"] = (method, _) => new ClassBalancedFocalLoss(method.Focusing),
            ["ce"] = (_, _) => new CrossEntropyLoss(),
            ["focal"] = (method, _) => new FocalLoss(method.Focusing),
            ["hinge"] = (method, counts) => new HingeLoss(method.Scale, Uniform(method, counts)),
            ["ldam"] = (method, counts) =>
                new LdamLoss(method.Scale, LdamMargins.Of(counts, method.MaxMargin)),
            ["ldam-hinge"] = (method, counts) =>
                new HingeLoss(method.Scale, LdamMargins.Of(counts, method.MaxMargin)),
            ["logit-adjustment"] = (method, counts) => new AdjustedLogitsLoss(counts, method.Tau),
            ["mm"] = (method, counts) => MaximumMargin(method, counts, 0),
            // C′ stays 0.5 whatever δ₋ is.
            ["mm-ldam"] = (method, counts) => MaximumMargin(method, counts, 0.5),
            ["uniform-margin"] = (method, counts) => new LdamLoss(method.Scale, Uniform(method, counts)),
        };

    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Losses.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Refuses a loss that a batch shared between slots would change.</summary>
    /// <exception cref="LearningFault">MM1005: the variant of the authors' code with more than one slot.</exception>
    public static void RequireShardable(RunSpecification specification)
    {
        if (specification is { Slots: > 1, Method: { MmVariant: "official", Loss: "mm" or "mm-ldam" } })
        {
            throw new LearningFault(
                "MM1005",
                $"method.mm_variant is official with {specification.Slots} slots: there a row's loss depends on the first label of its batch, so sharing the batch would change the result",
                "Set distribution.slots to 1, or method.mm_variant to paper."
            );
        }
    }

    /// <summary>The loss of a method.</summary>
    /// <param name="method">Loss and its numbers.</param>
    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <exception cref="LearningFault">MM1007: there is no loss, variant or tie of that name.</exception>
    public static ILoss Create(MethodSpecification method, IReadOnlyList<int> counts) =>
        Losses.TryGetValue(method.Loss, out var create)
            ? create(method, counts)
            : throw new LearningFault(
                "MM1007",
                $"No loss is called '{method.Loss}'.",
                $"Set method.loss to one of {string.Join(", ", Names)}."
            );

    private static double[] Uniform(MethodSpecification method, IReadOnlyList<int> counts) =>
        [.. counts.Select(_ => method.MaxMargin)];

    private static ILoss MaximumMargin(
        MethodSpecification method,
        IReadOnlyList<int> counts,
        double ldamMargin
    )
    {
        double[] deltas = [.. LdamMargins.Of(counts, ldamMargin).Select(m => method.DeltaMinus - m)];
        var tie = method.MmTie switch
        {
            "positive" => MarginTie.Correct,
            "none" => MarginTie.None,
            _ => throw Unknown("mm_tie", method.MmTie, "positive or none"),
        };
        return method.MmVariant switch
        {
            "paper" => new MaximumMarginLoss(method.Scale, deltas, method.DeltaRatio, tie),
            "official" => new OfficialMaximumMarginLoss(method.Scale, deltas, method.DeltaRatio, tie),
            _ => throw Unknown("mm_variant", method.MmVariant, "paper or official"),
        };
    }

    private static LearningFault Unknown(string key, string value, string choices) =>
        new("MM1007", $"method.{key} is '{value}', which is no choice.", $"Set method.{key} to {choices}.");
}
