using MMOrleans.Learning.Classifiers;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>Scores by nearness to the means of classes, which are computed and not trained: <see cref="ClassMeans"/>.</summary>
/// <remarks>
/// With x seen as <see cref="FeatureSpace"/> says and d features: −|x − m_c|² (<c>l2</c>), or x·m_c / d (<c>cos</c>, as the published code
/// calls it, though only x may have length 1).
/// </remarks>
internal sealed class NearestMeanHead(
    Network network,
    string name,
    int features,
    int classes,
    FeatureSpace space,
    bool bySquares
) : IHead
{
    private const double SmallestLength = 1e-12;

    private readonly int _means = network.Parameter(
        $"{name}.means",
        Initialisations.He(features),
        classes,
        features
    );

    private readonly int _centre = network.Parameter($"{name}.centre", Initialisations.Constant(0), features);

    /// <summary>Names of all of them: <c>ncm-SPACE-DISTANCE</c>.</summary>
    public static IReadOnlyList<(string Name, FeatureSpace Space, bool BySquares)> All { get; } =
    [
        ("ncm-un-l2", FeatureSpace.Raw, true),
        ("ncm-un-cos", FeatureSpace.Raw, false),
        ("ncm-l2n-l2", FeatureSpace.Normalised, true),
        ("ncm-l2n-cos", FeatureSpace.Normalised, false),
        ("ncm-cl2n-l2", FeatureSpace.Centred, true),
        ("ncm-cl2n-cos", FeatureSpace.Centred, false),
    ];

    public NetworkOutput Forward(ForwardPass pass, Tensor input)
    {
        var means = pass.Parameters[_means];
        var seen = space == FeatureSpace.Centred ? input - pass.Parameters[_centre] : input;
        if (space != FeatureSpace.Raw)
            seen = nn.functional.normalize(seen, 2, 1, SmallestLength);
        var products = seen.mm(means.t()); // [rows, classes]
        var scores = bySquares
            ? products
                .Times(2)
                .Plus(seen.mul(seen).sum(1, keepdim: true), -1)
                .Plus(means.mul(means).sum(1), -1)
            : products.Times(1.0 / features);
        return new(pass.Observed(name, scores), input, means);
    }
}
