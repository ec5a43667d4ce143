using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Models;

/// <summary>The networks by name.</summary>
public static class Networks
{
    // Blocks a stage.
    private static readonly Dictionary<string, int> ResNets = new(StringComparer.Ordinal)
    {
        ["resnet8"] = 1,
        ["resnet20"] = 3,
        ["resnet32"] = 5,
        ["resnet44"] = 7,
        ["resnet56"] = 9,
    };

    /// <summary>The names, from small to large.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [.. ResNets.OrderBy(r => r.Value).Select(r => r.Key)];

    /// <summary>The network of a specification for images of one size.</summary>
    /// <param name="model">Network and classifier.</param>
    /// <param name="classes">K.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    /// <param name="pretraining">The first stage, whose head is then a part of the state; null for none.</param>
    /// <exception cref="FaultException">MM1007: there is no network or classifier of that name.</exception>
    public static Network Create(
        ModelSpecification model,
        int classes,
        int height,
        int width,
        PretrainingSpecification? pretraining = null
    )
    {
        if (!ResNets.TryGetValue(model.Architecture, out var blocks))
        {
            throw new FaultException(
                "MM1007",
                $"No model is called '{model.Architecture}'.",
                $"Set model.architecture to one of {string.Join(", ", Names)}."
            );
        }

        if (model.Head != Heads.Bilateral)
            return new ResNet(blocks, model, classes, height, width, pretraining);
        return pretraining is null
            ? new BilateralResNet(blocks, classes, height, width)
            : throw new FaultException(
                "MM1005",
                $"Pre-training by {pretraining.Kind} trains one backbone, and a bilateral network has two ends of one",
                "Set pretraining.kind to none, or choose another method."
            );
    }
}
