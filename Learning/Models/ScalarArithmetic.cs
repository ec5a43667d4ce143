using TorchSharp;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>Operations of a tensor with a number, safe from the garbage collector.</summary>
/// <remarks>
/// TorchSharp 0.107 turns the number into an object with a finaliser and hands only its native address to libtorch. A collection
/// during the call frees the number that libtorch is about to read: seen as a rare exception under load, and just as possible as a
/// wrong number. So every such number is held here until its call has returned, and the short forms are banned
/// (BannedSymbols.txt), <c>add</c> of two tensors among them, which makes a hidden factor 1.
/// </remarks>
internal static class ScalarArithmetic
{
    /// <summary>x · factor.</summary>
    public static Tensor Times(this Tensor x, double factor)
    {
        using var held = factor.ToScalar();
        return x.mul(held);
    }

    /// <summary>x ← x · factor.</summary>
    public static Tensor MultiplyBy(this Tensor x, double factor)
    {
        using var held = factor.ToScalar();
        return x.mul_(held);
    }

    /// <summary>x ← x / divisor.</summary>
    public static Tensor DivideBy(this Tensor x, double divisor)
    {
        using var held = divisor.ToScalar();
        return x.div_(held);
    }

    /// <summary>x ← x + factor · other.</summary>
    public static Tensor Increase(this Tensor x, Tensor other, double factor = 1)
    {
        using var held = factor.ToScalar();
        return x.add_(other, held);
    }

    /// <summary>x where the mask is false, the value where it is true.</summary>
    public static Tensor Masked(this Tensor x, Tensor mask, double value)
    {
        using var held = value.ToScalar();
        return x.masked_fill(mask, held);
    }

    /// <summary>x ≥ 0, element by element.</summary>
    public static Tensor IsNotNegative(this Tensor x)
    {
        using var held = 0.0.ToScalar();
        return x.ge(held);
    }

    /// <summary>x = 0, element by element.</summary>
    public static Tensor IsZero(this Tensor x)
    {
        using var held = 0.0.ToScalar();
        return x.eq(held);
    }

    /// <summary>x + factor · other.</summary>
    public static Tensor Plus(this Tensor x, Tensor other, double factor = 1)
    {
        using var held = factor.ToScalar();
        return x.add(other, held);
    }

    /// <summary>x + number, element by element.</summary>
    public static Tensor Plus(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        return x.add(held);
    }

    /// <summary>The larger of x and a number, element by element.</summary>
    public static Tensor AtLeast(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        return x.clamp_min(held);
    }

    /// <summary>x ≤ number, element by element.</summary>
    public static Tensor IsAtMost(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        return x.le(held);
    }

    /// <summary>x to a power, element by element.</summary>
    public static Tensor ToThe(this Tensor x, double power)
    {
        using var held = power.ToScalar();
        return x.pow(held);
    }
}
