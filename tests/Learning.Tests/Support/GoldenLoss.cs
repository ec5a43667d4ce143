using System.Text.Json;
using MMOrleans.Learning.Losses;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>The loss that a golden case's parameters describe, made by the product's catalogue.</summary>
internal static class GoldenLoss
{
    public static MethodSpecification Method(JsonElement parameters)
    {
        var ldam = parameters.TryGetProperty("ldam", out var flag) && flag.GetBoolean();
        return new()
        {
            Name = "golden",
            Loss = Text(parameters, "loss", "") switch
            {
                "mm" when ldam => "mm-ldam",
                "cbFocal" => "cb-focal",
                "hinge" when Text(parameters, "margin", "") == "ldam" => "ldam-hinge",
                "uniformMargin" => "uniform-margin",
                "balancedSoftmax" => "balanced-softmax",
                "logitAdjusted" => "logit-adjustment",
                "labelAwareSmoothing" => "label-aware-smoothing",
                "influenceBalanced" => "influence-balanced",
                var name => name,
            },
            Reweight = Reweighting.None,
            DeferEpoch = int.MaxValue,
            Scale = Or(parameters, "scale", 1),
            MaxMargin = Or(parameters, "maxMargin", Or(parameters, "margin", 0.5)),
            DeltaMinus = Or(parameters, "deltaMinus", 0),
            DeltaRatio = Or(parameters, "beta", 1),
            MmVariant = Choice<MarginVariant>(parameters, "variant"),
            MmTie = Choice<TieRule>(parameters, "tie"),
            Focusing = Or(parameters, "gamma", 1),
            FocalWeights = Choice<FocalWeighting>(parameters, "variant"),
            Tau = Or(parameters, "tau", 1),
            Parameters = new Dictionary<string, double>
            {
                ["vs_gamma"] = Or(parameters, "gamma", 0),
                ["smoothing_head"] = Or(parameters, "head", 0),
                ["smoothing_tail"] = Or(parameters, "tail", 0),
                ["gcl_noise"] = Or(parameters, "noiseMul", 0),
                ["gcl_margin"] = Or(parameters, "margin", 0),
                ["influence_alpha"] = Or(parameters, "alpha", 0),
            },
        };
    }

    /// <summary>The loss, made by the product's catalogue.</summary>
    public static ILoss Create(JsonElement parameters, int[] counts)
    {
        if (parameters.Has("ldamMaxMargin"))
            Assert.Equal(0.5, parameters.Number("ldamMaxMargin")); // fixed by the definition
        return LossCatalogue.Create(Method(parameters), counts);
    }

    /// <summary>Large-margin softmax with λ = max(min, start · (1 + gamma · step)^−power), made by the product's catalogue.</summary>
    public static LargeMarginSoftmaxLoss LargeMargin(
        int multiple,
        double start,
        double gamma,
        double power,
        double min
    )
    {
        var method = new MethodSpecification
        {
            Name = "golden",
            Loss = "l-softmax",
            Reweight = Reweighting.None,
            DeferEpoch = int.MaxValue,
            Parameters = new Dictionary<string, double>
            {
                ["angular_margin"] = multiple,
                ["angular_lambda_start"] = start,
                ["angular_lambda_gamma"] = gamma,
                ["angular_lambda_power"] = power,
                ["angular_lambda_min"] = min,
            },
        };
        return Assert.IsType<LargeMarginSoftmaxLoss>(LossCatalogue.Create(method, [1]));
    }

    // One name means another choice for another loss.
    private static T Choice<T>(JsonElement parameters, string name)
        where T : struct, Enum =>
        Text(parameters, name, "") is var word && ChoiceWords.Of(typeof(T)).Contains(word)
            ? (T)ChoiceWords.Read(typeof(T), word)
            : default;

    private static double Or(JsonElement parameters, string name, double otherwise) =>
        parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : otherwise;

    private static string Text(JsonElement parameters, string name, string otherwise) =>
        parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : otherwise;
}
