namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>One number of all test images, and of those of each shot group; null for a group without classes.</summary>
/// <param name="All">Of all.</param>
/// <param name="Many">Of the classes with many training images.</param>
/// <param name="Medium">Of the middle group.</param>
/// <param name="Few">Of the rarest group.</param>
[GenerateSerializer, Immutable, Alias("mm.ShotNumbers")]
public sealed record ShotNumbers(
    [property: Id(0)] double? All,
    [property: Id(1)] double? Many,
    [property: Id(2)] double? Medium,
    [property: Id(3)] double? Few
);
