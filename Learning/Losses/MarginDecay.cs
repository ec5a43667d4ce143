using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>What a maximum-margin loss takes a gap of exactly 0 for.</summary>
public enum MarginTie
{
    /// <summary>A correct prediction: D = exp(−δ₊).</summary>
    Correct,

    /// <summary>Neither: D = 0, as in the authors' code.</summary>
    None,
}

/// <summary>The margin as a function of the gap.</summary>
internal static class MarginDecay
{
    /// <summary>exp(−|gap| − δ), δ by the side of the boundary: [rows].</summary>
    public static Tensor Of(Tensor gap, Tensor deltaPlus, Tensor deltaMinus, MarginTie tie)
    {
        var margin = (-gap.abs() - where(gap.IsNotNegative(), deltaPlus, deltaMinus)).exp();
        return tie == MarginTie.None ? margin.Masked(gap.IsZero(), 0) : margin;
    }
}
