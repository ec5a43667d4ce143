using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Large-margin softmax: the angle to the true class's weights counts m times.</summary>
/// <remarks>
/// <para>
/// The true logit |u||x| cos θ becomes (|u||x| ψ(θ) + λ |u||x| cos θ) / (1 + λ), ψ(θ) = (−1)^k cos(mθ) − 2k for θ in [kπ/m, (k+1)π/m].
/// Liu, Wen, Yu, Yang, ICML 2016. λ = max(λ_min, λ_0 · (1 + γ · step)^−power) fades from plain softmax to the margin; the four numbers are
/// those of the authors' example where nothing else is said.
/// </para>
/// <para>cos(mθ) is a polynomial of cos θ: taking the angle itself would have infinite slopes at 0 and π. k carries no gradient. For a
/// classifier without bias; testing takes the plain logits.</para>
/// </remarks>
public sealed class LargeMarginSoftmaxLoss : ILoss
{
    private const double SmallestLength = 1e-12;

    private static readonly MethodParameter Multiple = new(
        "angular_margin",
        4,
        1,
        4,
        "m of large-margin softmax, a whole number: how many times the true class's angle counts"
    );

    private static readonly MethodParameter Least = new(
        "angular_lambda_min",
        0,
        0,
        1e6,
        "λ_min of large-margin softmax: how much of the plain logit stays"
    );

    private static readonly MethodParameter Start = new(
        "angular_lambda_start",
        1000,
        0,
        1e9,
        "λ_0 of large-margin softmax: how much of the plain logit counts at the first step"
    )
    {
        IsLeftOutAtItsValue = true,
    };

    private static readonly MethodParameter Gamma = new(
        "angular_lambda_gamma",
        2.5e-5,
        0,
        1e6,
        "γ of large-margin softmax: how soon λ fades; 0 = never"
    )
    {
        IsLeftOutAtItsValue = true,
    };

    private static readonly MethodParameter Power = new(
        "angular_lambda_power",
        35,
        0,
        1e3,
        "power of large-margin softmax: how steeply λ fades"
    )
    {
        IsLeftOutAtItsValue = true,
    };

    /// <summary><c>l-softmax</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "l-softmax",
            "large-margin softmax: the true class's angle counts several times",
            (method, _) => new LargeMarginSoftmaxLoss((int)Multiple.Of(method), Fading(method))
        )
        {
            Parameters = [Multiple, Least, Start, Gamma, Power],
            Head = "unbiased",
        };

    private readonly int _multiple;
    private readonly Func<long, double> _lambda;

    /// <param name="multiple">m: 1, 2, 3 or 4; 1 is softmax.</param>
    /// <param name="lambda">λ by the optimiser steps before this one.</param>
    public LargeMarginSoftmaxLoss(int multiple, Func<long, double> lambda)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(multiple, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(multiple, 4);
        (_multiple, _lambda) = (multiple, lambda);
    }

    /// <summary>λ after so many steps of the optimiser.</summary>
    internal double Lambda(long step) => _lambda(step);

    private static Func<long, double> Fading(MethodSpecification method)
    {
        var (start, gamma, power) = (Start.Of(method), Gamma.Of(method), Power.Of(method));
        var least = Least.Of(method);
        return step => Math.Max(least, start * Math.Pow(1 + (gamma * step), -power));
    }

    /// <inheritdoc/>
    public Tensor Rows(LossInput input) => CrossEntropyLoss.Rows(Adjusted(input), input.Labels);

    /// <summary>The logits with the true ones replaced: [rows, classes].</summary>
    internal Tensor Adjusted(LossInput input)
    {
        var (features, weights) = (
            input.Features ?? throw new ArgumentException("This loss needs features.", nameof(input)),
            input.ClassifierWeights
                ?? throw new ArgumentException("This loss needs the classifier's weights.", nameof(input))
        );
        var isTrue = input.Labels.IsTrueClass;
        // One row's own class by a product with zeros and ones: gathering has no deterministic backward kernel on CUDA.
        var own = isTrue.to(features.dtype).mm(weights);
        var plain = (own * features).sum(1);
        var lengths = own.norm(1) * features.norm(1);
        var cosine = plain / lengths.AtLeast(SmallestLength);
        var lambda = _lambda(input.Step);
        var margin = (lengths * Psi(cosine)).Plus(plain, lambda).Times(1 / (1 + lambda));
        return where(isTrue, margin.unsqueeze(1), input.Logits);
    }

    // (−1)^k · cos(mθ) − 2k.
    private Tensor Psi(Tensor cosine)
    {
        var square = cosine * cosine;
        var multiple = _multiple switch
        {
            1 => cosine,
            2 => square.Times(2).Plus(-1),
            3 => cosine * square.Times(4).Plus(-3),
            _ => (square * square).Times(8).Plus(square, -8).Plus(1),
        };
        var (sign, segment) = Segment(cosine.detach());
        return (sign * multiple).Plus(segment, -2);
    }

    // (−1)^k and k: the angle has passed the boundary jπ/m where the cosine is at most the boundary's.
    private (Tensor Sign, Tensor Segment) Segment(Tensor cosine)
    {
        var (sign, segment) = (ones_like(cosine), zeros_like(cosine));
        for (var j = 1; j < _multiple; j++)
        {
            var isPassed = cosine.IsAtMost(Math.Cos(j * Math.PI / _multiple)).to(cosine.dtype);
            segment = segment.Plus(isPassed);
            sign = sign * isPassed.Times(-2).Plus(1);
        }

        return (sign, segment);
    }
}
