using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Losses;

/// <summary>The losses by name: a new one is a file of its own and a line here.</summary>
public static class LossCatalogue
{
    /// <summary>All of them, in alphabetical order.</summary>
    public static IReadOnlyList<LossDefinition> All { get; } =
    [
        AdjustedLogitsLoss.BalancedSoftmax,
        ClassBalancedFocalLoss.Definition,
        CrossEntropyLoss.Definition,
        FocalLoss.Definition,
        GaussianCloudedLoss.Definition,
        HingeLoss.Definition,
        InfluenceBalancedLoss.Definition,
        LabelAwareSmoothingLoss.Definition,
        DisentanglingLoss.Definition,
        LdamLoss.Definition,
        HingeLoss.Ldam,
        AdjustedLogitsLoss.LogitAdjustment,
        LargeMarginSoftmaxLoss.Definition,
        MaximumMarginLoss.Definition,
        MaximumMarginLoss.Ldam,
        PolyLoss.Definition,
        LdamLoss.UniformMargin,
        AdjustedLogitsLoss.VectorScaling,
    ];

    private static readonly Dictionary<string, LossDefinition> ByName = All.ToDictionary(
        loss => loss.Name,
        StringComparer.Ordinal
    );

    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [.. All.Select(loss => loss.Name).Order(StringComparer.Ordinal)];

    /// <summary>Null when there is no such loss.</summary>
    public static LossDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Refuses a loss that a batch shared between slots would change.</summary>
    /// <exception cref="FaultException">MM1005: a loss of whole batches with more than one slot.</exception>
    public static void RequireShardable(RunSpecification specification)
    {
        if (
            specification.Slots > 1
            && Find(specification.Method.Loss)?.WholeBatch(specification.Method) is { } why
        )
        {
            throw new FaultException(
                "MM1005",
                $"method.loss is {specification.Method.Loss} with {specification.Slots} slots: {why}, so sharing the batch would change the result",
                "Set distribution.slots to 1, or choose another loss."
            );
        }
    }

    /// <summary>The loss of a method.</summary>
    /// <param name="method">Loss and its numbers.</param>
    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <exception cref="FaultException">MM1007: there is no loss, variant or tie of that name.</exception>
    public static ILoss Create(MethodSpecification method, IReadOnlyList<int> counts) =>
        Find(method.Loss)?.Create(method, counts)
        ?? throw FaultException.NoChoice("method.loss", method.Loss, [.. Names]);
}
