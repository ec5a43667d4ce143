using MMOrleans.Learning.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>Turns features into logits.</summary>
internal interface IHead
{
    /// <param name="pass">State and mode.</param>
    /// <param name="features">[rows, features].</param>
    /// <returns>[rows, classes].</returns>
    Tensor Forward(ForwardPass pass, Tensor features);
}

/// <summary>Linear with bias.</summary>
internal sealed class PlainHead : IHead
{
    private readonly string _name;
    private readonly int _weight;
    private readonly int _bias;

    public PlainHead(Network network, string name, int features, int classes)
    {
        _name = name;
        _weight = network.Parameter($"{name}.weight", Initialisations.He(features), classes, features);
        // 1/8 at ResNet's 64 features.
        _bias = network.Parameter($"{name}.bias", Initialisations.Uniform(1 / Math.Sqrt(features)), classes);
    }

    public Tensor Forward(ForwardPass pass, Tensor features) =>
        pass.Observed(
            _name,
            nn.functional.linear(features, pass.Parameters[_weight], pass.Parameters[_bias])
        );
}

/// <summary>Cosines between features and one weight column a class, in [−1, 1]; no bias.</summary>
/// <remarks>Both lengths are differentiated through, and taken as at least 1e-12.</remarks>
internal sealed class NormalisedHead : IHead
{
    private const double SmallestLength = 1e-12;

    private readonly string _name;
    private readonly int _weight;

    public NormalisedHead(Network network, string name, int features, int classes)
    {
        _name = name;
        _weight = network.Parameter(
            $"{name}.weight",
            Initialisations.UnitColumns(classes),
            features,
            classes
        );
    }

    public Tensor Forward(ForwardPass pass, Tensor features) =>
        pass.Observed(
            _name,
            nn.functional.normalize(features, 2, 1, SmallestLength)
                .mm(nn.functional.normalize(pass.Parameters[_weight], 2, 0, SmallestLength))
        );
}

/// <summary>The heads by name.</summary>
internal static class Heads
{
    public static IHead Create(Network network, ModelSpecification model, int features, int classes) =>
        model.Head switch
        {
            "plain" => new PlainHead(network, "linear", features, classes),
            "normalised" => new NormalisedHead(network, "linear", features, classes),
            _ => throw new LearningFault(
                "MM1007",
                $"No classifier is called '{model.Head}'.",
                "Set model.head to plain or normalised."
            ),
        };
}
