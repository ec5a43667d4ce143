using MMOrleans.Configuration.Values;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>dataset</c>: which images, and how they are changed before the network sees them.</summary>
internal static class DatasetKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Specification(
            "dataset.name",
            s => s.Dataset.Name,
            "which images: a published set, or the format of one's own",
            new ChoiceValue([.. DatasetCatalogue.Names]) { Noun = "data set" },
            builtIn: SyntheticImages.Definition.Name
        ) with
        {
            Flag = "--dataset",
        },
        Key.Writing(
            "dataset.path",
            "null",
            new TextValue("a folder or archive on this machine", "./data", "^(?![A-Za-z0-9]+://)")
            {
                Nullable = true,
            },
            "folder or archive; null = data cache",
            (run, _, said) => run with { Settings = run.Settings with { DataPath = said.DataPath() } }
        ) with
        {
            Flag = "--data-dir",
        },
        OfOwnImages(
            Key.Specification(
                "dataset.split.train",
                s => s.Dataset.TrainSplit,
                "name of the training split in the folder's files or folders",
                Name("train"),
                absent: "train"
            )
        ),
        OfOwnImages(
            Key.Specification(
                "dataset.split.test",
                s => s.Dataset.TestSplit,
                "name of the test split in the folder's files or folders",
                Name("validation"),
                absent: "test"
            )
        ),
        OfOwnImages(
            Key.Specification(
                "dataset.columns.image",
                s => s.Dataset.ImageColumn,
                "column with the images (Parquet) or their paths (train.csv); null = found by its usual names",
                new TextValue("a column's name", "picture") { Nullable = true }
            )
        ),
        OfOwnImages(
            Key.Specification(
                "dataset.columns.label",
                s => s.Dataset.LabelColumn,
                "column with the classes (Parquet, train.csv); null = found by its usual names",
                new TextValue("a column's name", "fine_label") { Nullable = true }
            )
        ),
        OfOwnImages(
            Key.Specification(
                "dataset.on_bad_image",
                s => s.Dataset.OnBadImage,
                "what an unreadable image of one's own does; those left out are counted and named",
                new ChoiceValue("fail", "skip"),
                absent: "fail"
            )
        ),
        OfOwnImages(
            Key.Specification(
                "dataset.image_size",
                s => s.Dataset.ImageSize,
                "pixels across and down that images of one's own are scaled to",
                absent: (long)ImageSize.Usual
            )
        ),
        Key.Writing(
            "dataset.normalise",
            "dataset",
            new NormalisationValue(),
            "dataset | none | {mean: [r, g, b], std: [r, g, b]}",
            (run, value, said) =>
            {
                var (mean, deviation) = Channels((Normalisation)value!, said.Dataset);
                return run with
                {
                    Specification = run.Specification with
                    {
                        Dataset = run.Specification.Dataset with
                        {
                            Mean = mean,
                            StandardDeviation = deviation,
                        },
                    },
                };
            }
        ),
        Key.Specification(
            "dataset.augment.crop_padding",
            s => s.Dataset.CropPadding,
            "black pixels on every side before the random crop; 0 = no crop"
        ),
        Key.Specification(
            "dataset.augment.padding",
            s => s.Dataset.Padding,
            "what is added before the crop: black pixels, or the image reflected at its edges",
            new ChoiceValue("zero", Augmentation.Reflect),
            absent: "zero"
        ) with
        {
            UsedWhen = new(
                run => run.Whole("dataset.augment.crop_padding") > 0,
                _ => "dataset.augment.crop_padding 0, which adds nothing",
                "drop dataset.augment.padding, or choose a crop_padding above 0"
            )
            {
                IsHarmless = value => value is "zero",
            },
        },
        Key.Specification("dataset.augment.flip", s => s.Dataset.Flip, "flip left-right half of the time"),
    ];

    public static IEnumerable<Fault> Against(Resolution run)
    {
        if (run.Text("dataset.split.train") == run.Text("dataset.split.test"))
            yield return run.Contradiction(
                "dataset.split.test",
                $"dataset.split.train {run.Text("dataset.split.train")}: a run is not evaluated on the images that it is trained on",
                "name another split"
            );
        if (run.HasOwnImages && run["dataset.path"] is null && run["distribution.cluster"] is null)
            yield return new(
                "MM1005",
                $"{run.Subject("dataset.name")} {run.Text("dataset.name")} needs dataset.path, which is null: nothing says where the images are",
                "--data-dir DIR with the folder that holds them"
            );
    }

    // Becomes part of a path below the data set's folder.
    private static TextValue Name(string example) =>
        new("a name of letters, digits, '-', '_' and '.'", example, "^[A-Za-z0-9][A-Za-z0-9._-]*$");

    private static Key OfOwnImages(Key key) =>
        key with
        {
            UsedWhen = new(
                run => run.HasOwnImages,
                run => $"dataset.name {run.Text("dataset.name")}, whose images are what they are",
                $"drop {key.Path}, or choose dataset.name {ImageFolder.Definition.Name}"
            )
            {
                IsHarmless = value => value is null || key.Value.Write(value) == key.BuiltIn,
            },
        };

    private static (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) Channels(
        Normalisation said,
        DatasetDefinition dataset
    ) =>
        said switch
        {
            { Word: "none" } => ([0, 0, 0], [1, 1, 1]),
            { Word: null } => (said.Mean, said.Deviation),
            _ when dataset.Shape is { } shape => (shape.Mean, shape.StandardDeviation),
            _ => (OwnImages.Mean, OwnImages.StandardDeviation),
        };
}
