using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Cross-entropy of logits that noise pulls down, the more the rarer their class.</summary>
/// <remarks>
/// ℓ = CE(s · (z_c − a · |ε_c| · (log n_max − log n_c) / (log n_max − log n_min) − m · [c = y]), y), ε ~ Normal(0, ⅓) cut to [−1, 1], one for
/// every row and class. Li, Cheung, Lu, CVPR 2022 (Gaussian clouded logits). Testing has no noise.
/// </remarks>
public sealed class GaussianCloudedLoss : ILoss
{
    private const double Deviation = 1.0 / 3;

    private static readonly MethodParameter Amount = new(
        "gcl_noise",
        0.5,
        0,
        100,
        "a: how far noise pulls the rarest class's logit at most"
    );

    private static readonly MethodParameter Margin = new(
        "gcl_margin",
        0,
        0,
        100,
        "m: taken off the true class's logit besides"
    );

    /// <summary><c>gcl</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "gcl",
            "cross-entropy of logits clouded by noise, most for the rarest class",
            (method, counts) =>
                new GaussianCloudedLoss(counts, method.Scale, Amount.Of(method), Margin.Of(method))
        )
        {
            Uses = ["scale"],
            Parameters = [Amount, Margin],
        };

    private readonly double[] _pulls;
    private readonly double _scale;
    private readonly double _margin;

    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <param name="scale">s, above 0.</param>
    /// <param name="amount">a, 0 or more.</param>
    /// <param name="margin">m, 0 or more.</param>
    public GaussianCloudedLoss(IReadOnlyList<int> counts, double scale, double amount, double margin)
    {
        var (largest, smallest) = (Math.Log(counts.Max()), Math.Log(counts.Min()));
        (_scale, _margin) = (scale, margin);
        // With equal counts no class is rarer than another.
        _pulls =
        [
            .. counts.Select(n =>
                largest == smallest ? 0 : amount * (largest - Math.Log(n)) / (largest - smallest)
            ),
        ];
    }

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        if (input.Noise is not { } noise)
            return Rows(input, zeros_like(input.Logits));
        var (rows, classes) = ((int)input.Logits.shape[0], _pulls.Length);
        double[] cut = [.. noise.Gaussian(rows, classes).Select(e => Math.Clamp(Deviation * e, -1, 1))];
        return Rows(
            input,
            tensor(cut, [rows, classes], dtype: input.Logits.dtype, device: input.Logits.device)
        );
    }

    /// <param name="input">Logits and labels.</param>
    /// <param name="noise">[rows, classes]: ε.</param>
    internal Tensor Rows(LossInput input, Tensor noise)
    {
        var logits = input.Logits;
        var pulls = tensor(_pulls, dtype: logits.dtype, device: logits.device);
        var clouded = logits.Plus(noise.abs() * pulls, -1);
        if (_margin != 0)
            clouded = clouded.Plus(input.Labels.IsTrueClass.to(logits.dtype), -_margin);
        return CrossEntropyLoss.Rows(clouded.Times(_scale), input.Labels);
    }
}
