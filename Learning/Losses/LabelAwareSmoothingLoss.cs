using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Label smoothing whose strength grows with the true class's images.</summary>
/// <remarks>
/// ε_c = tail + (head − tail) · sin(π (n_c − n_min) / (2 (n_max − n_min))); ℓ = (1 − ε_y) · CE(z, y) − ε_y · mean_j log softmax(z)_j.
/// Zhong et al., CVPR 2021.
/// </remarks>
public sealed class LabelAwareSmoothingLoss : ILoss
{
    private static readonly MethodParameter Head = new(
        "smoothing_head",
        0.4,
        0,
        0.99,
        "ε of the largest class in label-aware smoothing"
    );

    private static readonly MethodParameter Tail = new(
        "smoothing_tail",
        0.1,
        0,
        0.99,
        "ε of the smallest class in label-aware smoothing"
    );

    /// <summary><c>label-aware-smoothing</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "label-aware-smoothing",
            "label smoothing, stronger for larger classes",
            (method, counts) => new LabelAwareSmoothingLoss(counts, Head.Of(method), Tail.Of(method))
        )
        {
            Parameters = [Head, Tail],
        };

    private readonly double[] _smoothing;

    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <param name="head">ε of the largest class.</param>
    /// <param name="tail">ε of the smallest.</param>
    public LabelAwareSmoothingLoss(IReadOnlyList<int> counts, double head, double tail)
    {
        double smallest = counts.Min(),
            range = Math.Max(1, counts.Max() - counts.Min());
        _smoothing =
        [
            .. counts.Select(n => tail + ((head - tail) * Math.Sin(Math.PI * (n - smallest) / (2 * range)))),
        ];
    }

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var smoothing = input.Labels.Of(_smoothing);
        var cost = CrossEntropyLoss.Rows(input.Logits, input.Labels);
        var spread = nn.functional.log_softmax(input.Logits, 1).mean([1]).neg();
        return cost.Plus(smoothing * (spread - cost));
    }
}
