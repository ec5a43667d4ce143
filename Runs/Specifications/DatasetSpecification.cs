using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>Which images, and how a training image is changed before the network sees it.</summary>
public sealed record DatasetSpecification
{
    /// <summary>Pixels across and down of the largest images.</summary>
    public const int MaxImageSize = 1024;

    /// <summary>A name of the catalogue of data sets. Where the files lie is not part of the result.</summary>
    public required string Name { get; init; }

    /// <summary>Black pixels added on every side before the random crop; 0 for no crop.</summary>
    [Range(0, 32)]
    public int CropPadding { get; init; } = 4;

    /// <summary><c>reflect</c> where the image's own pixels, reflected at its edges, are added instead of black ones; null for black ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Padding { get; init; }

    /// <summary>Flip left-right with probability ½.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Subtracted per channel (red, green, blue) after division by 255.</summary>
    [MaxLength(3)]
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Divisor per channel, above 0.</summary>
    [MaxLength(3)]
    public required IReadOnlyList<double> StandardDeviation { get; init; }

    /// <summary>Pixels across and down that a user's own images are scaled to; null for the data set's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(1, MaxImageSize)]
    public int? ImageSize { get; init; }

    /// <summary><c>skip</c> where unreadable images of a user's own are left out; null where they stop the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OnBadImage { get; init; }

    /// <summary>How a user's own files call the images to train on; null for <c>train</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TrainSplit { get; init; }

    /// <summary>How a user's own files call the images to evaluate on; null for <c>test</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TestSplit { get; init; }

    /// <summary>Column of a user's own tables that holds the images, or their paths; null for the usual ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ImageColumn { get; init; }

    /// <summary>Column of a user's own tables that holds the classes; null for the usual ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LabelColumn { get; init; }
}
