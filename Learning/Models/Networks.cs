using MMOrleans.Learning.Specifications;

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
    /// <exception cref="LearningFault">MM1007: there is no network or classifier of that name.</exception>
    public static Network Create(
        ModelSpecification model,
        int classes,
        int height,
        int width,
        PretrainingSpecification? pretraining = null
    ) =>
        ResNets.TryGetValue(model.Architecture, out var blocks)
            ? new ResNet(blocks, model, classes, height, width, pretraining)
            : throw new LearningFault(
                "MM1007",
                $"No model is called '{model.Architecture}'.",
                $"Set model.architecture to one of {string.Join(", ", Names)}."
            );
}
