using System.Text.Json;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>The loss that a golden case's parameters describe, made by the product's catalogue.</summary>
internal static class GoldenLoss
{
    public static MethodSpecification Method(JsonElement parameters)
    {
        var name = parameters.GetProperty("loss").GetString()!;
        var ldam = parameters.TryGetProperty("ldam", out var flag) && flag.GetBoolean();
        return new()
        {
            Name = "golden",
            Loss = name == "mm" && ldam ? "mm-ldam" : name,
            Reweight = "none",
            DeferEpoch = int.MaxValue,
            Scale = Or(parameters, "scale", 1),
            MaxMargin = Or(parameters, "maxMargin", 0.5),
            DeltaMinus = Or(parameters, "deltaMinus", 0),
            DeltaRatio = Or(parameters, "beta", 1),
        };
    }

    private static double Or(JsonElement parameters, string name, double otherwise) =>
        parameters.Has(name) ? parameters.Number(name) : otherwise;

    /// <summary>The same with the options that comparisons with the authors' code need.</summary>
    public static ILoss Create(JsonElement parameters, int[] counts)
    {
        var method = Method(parameters);
        if (!method.Loss.StartsWith("mm", StringComparison.Ordinal))
            return LossCatalogue.Create(method, counts);
        var tie =
            parameters.Has("tie") && parameters.GetProperty("tie").GetString() == "none"
                ? MarginTie.None
                : MarginTie.Correct;
        var official =
            parameters.Has("variant") && parameters.GetProperty("variant").GetString() == "official";
        if (!official && tie == MarginTie.Correct)
            return LossCatalogue.Create(method, counts);
        var margin = Or(parameters, "ldamMaxMargin", 0);
        var deltas = counts
            .Select(c => method.DeltaMinus - margin * Math.Pow(counts.Min() / (double)c, 0.25))
            .ToArray();
        return official
            ? new OfficialMaximumMarginLoss(method.Scale, deltas, method.DeltaRatio, tie)
            : new MaximumMarginLoss(method.Scale, deltas, method.DeltaRatio, tie);
    }
}
