using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Documents;

/// <summary>What runs were trained on.</summary>
/// <param name="Data">That of the newest run first.</param>
public sealed record DataList(IReadOnlyList<DataDocument> Data)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/data/v1";
}

/// <summary>Training images of one data set under one imbalance, and the runs that have them.</summary>
public sealed record DataDocument
{
    /// <summary>Of the data set, such as <c>cifar10</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>exp</c>, <c>step</c>, <c>none</c> or <c>counts</c>.</summary>
    public required string Imbalance { get; init; }

    /// <summary>Largest : smallest class as the imbalance was asked for, 1 or more.</summary>
    public required double Ratio { get; init; }

    /// <summary><c>step</c> only: share of the classes that are minor, in (0, 1).</summary>
    public double? StepFraction { get; init; }

    /// <summary>Training images.</summary>
    public required int Images { get; init; }

    /// <summary>Images that were left out because they cannot be read.</summary>
    public required int SkippedImages { get; init; }

    /// <summary>The first of them and what is wrong with it; null when there is none.</summary>
    public string? FirstSkipped { get; init; }

    /// <summary>What lay among a user's own images and was not read, by its kind.</summary>
    public IReadOnlyList<PassedOver> PassedOver { get; init; } = [];

    /// <summary>Identity of the images.</summary>
    public required string? Manifest { get; init; }

    /// <summary>Its classes in order of falling training count.</summary>
    public required IReadOnlyList<DataClassDocument> Classes { get; init; }

    /// <summary>Ids of the runs, newest first.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Gathers what runs were trained on: the same images in the same groups are one.</summary>
    /// <param name="records">Newest first; one that does not know its images yet is left out.</param>
    /// <param name="firstSkipped">The first image that a run left out, for one that left out any.</param>
    internal static IReadOnlyList<DataDocument> Of(
        IEnumerable<RunRecord> records,
        Func<RunRecord, string?> firstSkipped
    ) =>
        [
            .. records
                .Where(record => record.ClassCounts.Count > 0)
                .Select(record => (Record: record, Classes: ClassesOf(record)))
                .GroupBy(run =>
                    (
                        run.Record.DataManifestHash,
                        run.Record.SkippedImages,
                        string.Join(
                            ' ',
                            run.Classes.Select(one => $"{one.Index} {one.TrainingImages} {one.Group}")
                        )
                    )
                )
                .Select(runs =>
                    Of(
                        runs.First().Record,
                        runs.First().Classes,
                        [.. runs.Select(run => run.Record.Id)],
                        firstSkipped
                    )
                ),
        ];

    private static DataDocument Of(
        RunRecord record,
        IReadOnlyList<DataClassDocument> classes,
        IReadOnlyList<string> runs,
        Func<RunRecord, string?> firstSkipped
    )
    {
        var specification = SpecificationDocument.Read(record.Specification.GetRawText());
        var imbalance = specification.Imbalance;
        return new()
        {
            Name = specification.Dataset.Name,
            Imbalance = imbalance.Kind,
            Ratio = imbalance.Ratio,
            StepFraction = imbalance.Kind == "step" ? imbalance.StepFraction : null,
            Images = record.ClassCounts.Sum(),
            SkippedImages = record.SkippedImages,
            FirstSkipped = record.SkippedImages > 0 ? firstSkipped(record) : null,
            PassedOver = record.PassedOver,
            Manifest = record.DataManifestHash,
            Classes = classes,
            Runs = runs,
        };
    }

    private static IReadOnlyList<DataClassDocument> ClassesOf(RunRecord record)
    {
        var groups = ClassResults.Groups(record);
        return
        [
            .. Enumerable
                .Range(0, record.ClassCounts.Count)
                .OrderByDescending(c => record.ClassCounts[c])
                .ThenBy(c => c)
                .Select(c => new DataClassDocument(
                    ClassResults.NameOf(record, c),
                    c,
                    record.ClassCounts[c],
                    groups.NameOf(c)
                )),
        ];
    }
}

/// <summary>One class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its number in the data, from 0.</param>
/// <param name="TrainingImages">How many images it is trained on.</param>
/// <param name="Group"><c>many</c>, <c>medium</c> or <c>few</c>.</param>
public sealed record DataClassDocument(string Name, int Index, int TrainingImages, string Group);
