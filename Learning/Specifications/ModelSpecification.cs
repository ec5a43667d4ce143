namespace MMOrleans.Learning.Specifications;

/// <summary>Network and classifier.</summary>
public sealed record ModelSpecification
{
    /// <summary><c>resnet8</c> (the tiny preset's), <c>resnet20</c>, <c>resnet32</c>, <c>resnet44</c> or <c>resnet56</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary><c>plain</c> (linear with bias), <c>normalised</c> (cosines) or another of <see cref="Models.Heads"/>.</summary>
    public required string Head { get; init; }
}
