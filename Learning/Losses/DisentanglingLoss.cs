using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Label distribution disentangling (LADE): balanced softmax and a regulariser of whole batches.</summary>
/// <remarks>
/// <para>
/// CE(z + log π, y) + α · R, R = −Σ_c π_c · r_c, r_c = mean of z_ic over rows of class c − (L_c + λ · L_c²),
/// L_c = logsumexp_i(z_ic − log π_c + log(1/K)) − log N. Hong et al., CVPR 2021. A class without rows has a mean of 0.
/// </para>
/// <para>R is one number for the whole batch, so every row is given it, and slots must not share a batch.</para>
/// </remarks>
public sealed class DisentanglingLoss : ILoss
{
    private static readonly MethodParameter Alpha = new(
        "lade_alpha",
        0.1,
        0,
        1e6,
        "α: weight of LADE's regulariser"
    );

    private static readonly MethodParameter Lambda = new(
        "lade_lambda",
        0.1,
        0,
        1e6,
        "λ: weight of the square in LADE's regulariser"
    );

    /// <summary><c>lade</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "lade",
            "balanced softmax with a regulariser that frees the logits from the training images' shares",
            (method, counts) => new DisentanglingLoss(counts, Alpha.Of(method), Lambda.Of(method))
        )
        {
            Parameters = [Alpha, Lambda],
            WholeBatch = _ => "its regulariser is one number of the whole batch",
        };

    // What the authors' code adds to a class's rows before dividing, which makes the mean of no rows 0, and to shares before taking
    // their logarithms.
    private const double SmallestCount = 1e-8;
    private const double SmallestShare = 1e-9;

    private readonly AdjustedLogitsLoss _balanced;
    private readonly double[] _shares;
    private readonly double _alpha;
    private readonly double _lambda;

    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <param name="alpha">α; 0 leaves balanced softmax.</param>
    /// <param name="lambda">λ.</param>
    public DisentanglingLoss(IReadOnlyList<int> counts, double alpha, double lambda)
    {
        double total = counts.Sum();
        _shares = [.. counts.Select(n => n / total)];
        (_balanced, _alpha, _lambda) = (new(counts), alpha, lambda);
    }

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var rows = _balanced.Rows(input);
        return rows.Plus(Regulariser(input).expand(rows.shape).Times(_alpha));
    }

    /// <summary>R: a scalar.</summary>
    internal Tensor Regulariser(LossInput input)
    {
        var logits = input.Logits;
        var (rows, classes) = (logits.shape[0], _shares.Length);
        var isClass = input.Labels.IsTrueClass.to(logits.dtype);
        var ofClass = isClass.sum([0]).Plus(SmallestCount);
        var means = (logits * isClass).sum([0]) / ofClass;
        var shift = Like(
            _shares.Select(share =>
                Math.Log((1.0 / classes) + SmallestShare) - Math.Log(share + SmallestShare)
            ),
            logits
        );
        var spread = logits.Plus(shift).logsumexp(0).Plus(-Math.Log(rows));
        var gains = means - spread.Plus((spread * spread).Times(_lambda));
        return (gains * Like(_shares, logits)).sum().neg();
    }

    private static Tensor Like(IEnumerable<double> perClass, Tensor logits) =>
        tensor(perClass.ToArray(), dtype: logits.dtype, device: logits.device);
}
