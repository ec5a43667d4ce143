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
    /// <exception cref="LearningFault">MM1007: there is no network or classifier of that name.</exception>
    public static Network Create(ModelSpecification model, int classes, int height, int width)
    {
        if (!ResNets.TryGetValue(model.Architecture, out var blocks))
        {
            throw new LearningFault(
                "MM1007",
                $"No model is called '{model.Architecture}'.",
                $"Set model.architecture to one of {string.Join(", ", Names)}."
            );
        }

        return model.Head == Heads.Bilateral
            ? new BilateralResNet(blocks, classes, height, width)
            : new ResNet(blocks, model, classes, height, width);
    }
}
