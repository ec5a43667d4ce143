using MMOrleans.Learning.Classifiers;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>Turns features into logits.</summary>
internal interface IHead
{
    /// <param name="pass">State and mode.</param>
    /// <param name="features">[rows, features].</param>
    NetworkOutput Forward(ForwardPass pass, Tensor features);
}

/// <summary>Linear with bias.</summary>
internal sealed class PlainHead : IHead
{
    private readonly string _name;
    private readonly int _weight;
    private readonly int _bias;

    /// <param name="network">Declares the parameters.</param>
    /// <param name="name">Of the layer.</param>
    /// <param name="features">Inputs.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="bias">First value of every class's bias, which then does not decay; null: uniform up to 1/√features.</param>
    public PlainHead(Network network, string name, int features, int classes, double? bias = null)
    {
        _name = name;
        _weight = network.Parameter($"{name}.weight", Initialisations.He(features), classes, features);
        _bias = bias is { } value
            ? network.UndecayedParameter($"{name}.bias", Initialisations.Constant(value), classes)
            // 1/8 at ResNet's 64 features.
            : network.Parameter($"{name}.bias", Initialisations.Uniform(1 / Math.Sqrt(features)), classes);
    }

    public NetworkOutput Forward(ForwardPass pass, Tensor features) =>
        new(
            pass.Observed(
                _name,
                nn.functional.linear(features, pass.Parameters[_weight], pass.Parameters[_bias])
            ),
            features,
            pass.Parameters[_weight]
        );
}

/// <summary>Linear without bias.</summary>
internal sealed class UnbiasedHead(Network network, string name, int features, int classes) : IHead
{
    private readonly int _weight = network.Parameter(
        $"{name}.weight",
        Initialisations.He(features),
        classes,
        features
    );

    public NetworkOutput Forward(ForwardPass pass, Tensor features) =>
        new(
            pass.Observed(name, nn.functional.linear(features, pass.Parameters[_weight])),
            features,
            pass.Parameters[_weight]
        );
}

/// <summary>Linear with bias, and a factor on each class's logit that begins at 1.</summary>
/// <remarks>z_c = s_c · (w_c·x + b_c): learnable weight scaling (LWS), Kang et al., ICLR 2020.</remarks>
internal sealed class ScaledHead(Network network, string name, int features, int classes) : IHead
{
    private readonly PlainHead _linear = new(network, name, features, classes);

    private readonly int _scales = network.Within(
        StatePart.Scales,
        () => network.Parameter($"{name}.scales", Initialisations.Constant(1), classes)
    );

    public NetworkOutput Forward(ForwardPass pass, Tensor features)
    {
        var output = _linear.Forward(pass, features);
        return output with { Logits = pass.Observed(name, output.Logits.mul(pass.Parameters[_scales])) };
    }
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

    public NetworkOutput Forward(ForwardPass pass, Tensor features) =>
        new(
            pass.Observed(
                _name,
                nn.functional.normalize(features, 2, 1, SmallestLength)
                    .mm(nn.functional.normalize(pass.Parameters[_weight], 2, 0, SmallestLength))
            ),
            features,
            pass.Parameters[_weight].t()
        );
}

/// <summary>The heads by name: a new one is a class and a line here.</summary>
public static class Heads
{
    private static readonly Dictionary<string, Func<Network, int, int, IHead>> ByName = new(
        NearestMeanHead.All.Select(ncm =>
            KeyValuePair.Create<string, Func<Network, int, int, IHead>>(
                ncm.Name,
                (network, features, classes) =>
                    new NearestMeanHead(network, "linear", features, classes, ncm.Space, ncm.BySquares)
            )
        ),
        StringComparer.Ordinal
    )
    {
        ["normalised"] = (network, features, classes) =>
            new NormalisedHead(network, "linear", features, classes),
        ["plain"] = (network, features, classes) => new PlainHead(network, "linear", features, classes),
        // Every sigmoid begins where it thinks of 1 class in K, so that the others do not drown it. Cui et al. 2019, §5.2.
        ["sigmoid"] = (network, features, classes) =>
            new PlainHead(network, "linear", features, classes, -Math.Log(classes - 1)),
        ["scaled"] = (network, features, classes) => new ScaledHead(network, "linear", features, classes),
        ["unbiased"] = (network, features, classes) => new UnbiasedHead(network, "linear", features, classes),
    };

    /// <summary>Linear with bias over two branches, which makes another network: <see cref="BilateralResNet"/>.</summary>
    public const string Bilateral = "bilateral";

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys, Bilateral];

    /// <summary>How a nearest-mean head sees features; null for every other head.</summary>
    public static FeatureSpace? SpaceOf(string name) =>
        NearestMeanHead
            .All.Where(ncm => ncm.Name == name)
            .Select(ncm => (FeatureSpace?)ncm.Space)
            .FirstOrDefault();

    internal static IHead Create(Network network, ModelSpecification model, int features, int classes) =>
        ByName.TryGetValue(model.Head, out var create)
            ? create(network, features, classes)
            : throw FaultException.NoChoice("model.head", model.Head, [.. Names]);
}
