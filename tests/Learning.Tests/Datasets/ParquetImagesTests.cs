using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Specifications;
using Parquet;
using Parquet.Schema;

namespace MMOrleans.Learning.Tests.Datasets;

/// <summary>Tables as people have them.</summary>
public sealed class ParquetImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Here => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LabelsMayBeOfEveryWholeNumberType()
    {
        List<Dataset> sets =
        [
            await OfAsync<sbyte>(c => (sbyte)c),
            await OfAsync<byte>(c => (byte)c),
            await OfAsync<short>(c => (short)c),
            await OfAsync<ushort>(c => (ushort)c),
            await OfAsync<int>(c => c),
            await OfAsync<uint>(c => (uint)c),
            await OfAsync<long>(c => c),
            await OfAsync<ulong>(c => (ulong)c),
            await OfAsync<float>(c => c),
            await OfAsync<double>(c => c),
        ];

        Assert.All(sets, set => Assert.Equal(["0", "1"], set.Train.ClassNames));
        Assert.Single(sets.Select(set => set.ManifestHash).Distinct());
    }

    [Fact]
    public async Task TruthValuesAreNames() =>
        Assert.Equal(["false", "true"], (await OfAsync<bool>(c => c == 1)).Train.ClassNames);

    [Fact]
    public async Task TextIsANameWithoutTheBlanksAtItsEnds()
    {
        foreach (var split in (string[])["train", "test"])
            await WriteFileAsync(
                Path.Combine(Here, $"{split}.parquet"),
                new ParquetSchema(new DataField("img", typeof(byte[])), new DataField<string>("label")),
                async (group, fields) =>
                {
                    await group.WriteAsync(
                        fields[0],
                        Enumerable.Range(0, 5).Select(SomeImages.Png).ToArray()
                    );
                    await group.WriteAsync(fields[1], new[] { "owl", "cat ", "cat", "", null! });
                }
            );

        var data = SomeImages.Open("parquet", Here, onBadImage: "skip");

        Assert.Equal(["cat", "owl"], data.Train.ClassNames);
        Assert.Equal([1, 0, 0], data.Train.Labels);
        Assert.Equal(4, data.Unreadable.Count); // no label, in both splits
    }

    [Fact]
    public async Task NumberThatIsNotWholeIsRefused()
    {
        var fault = await Assert.ThrowsAsync<FaultException>(() => OfAsync<double>(c => c + 0.5));

        Assert.Contains(
            "a label is 0.5, which is not a whole number",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task RowWithoutALabelIsDamagedAndNamed()
    {
        await WriteAsync(
            Here,
            new DataField("label", typeof(int), isNullable: true),
            "image",
            rows: 4,
            missingLabel: 2
        );

        var fault = Assert.Throws<FaultException>(() =>
            Open(
                new()
                {
                    Name = "parquet",
                    Mean = [],
                    StandardDeviation = [],
                }
            )
        );
        var inventory = ParquetImages.Definition.Inspect!(new(SomeImages.Specification("parquet"), 1, Here));

        Assert.Equal("MM2005", fault.Code);
        Assert.Equal(
            "train-0.parquet row 2 of group 0 cannot be read: it has no label, so that its class is unknown",
            fault.Message
        );
        Assert.Equal(6, inventory.Taken);
        Assert.Equal(2, inventory.Damaged.Count); // of both splits
    }

    [Theory]
    [InlineData("image", "label")]
    [InlineData("img", "labels")]
    [InlineData("jpg", "cls")]
    [InlineData("Image", "TARGET")]
    public async Task UsualNamesAreTakenByThemselves(string image, string label)
    {
        await WriteAsync(Here, new DataField(label, typeof(int)), image);

        Assert.Equal(4, Open(SomeImages.Specification("parquet")).Train.Count);
    }

    [Fact]
    public async Task OtherNamesAreRefusedWithTheWayToNameThem()
    {
        await WriteAsync(Here, new DataField("fine_label", typeof(int)), "photo");
        var specification = SomeImages.Specification("parquet");

        var image = Assert.Throws<FaultException>(() => Open(specification));
        specification = specification with { ImageColumn = "photo" };
        var label = Assert.Throws<FaultException>(() => Open(specification));
        specification = specification with { LabelColumn = "fine_label" };

        Assert.Contains("--set dataset.columns.image=photo", image.Fix, StringComparison.Ordinal);
        Assert.Contains("has the columns photo, fine_label", label.Message, StringComparison.Ordinal);
        Assert.Contains("--set dataset.columns.label=fine_label", label.Fix, StringComparison.Ordinal);
        Assert.Equal(4, Open(specification).Train.Count);
        Assert.Contains(
            "it has no column coarse",
            Assert.Throws<FaultException>(() => Open(specification with { LabelColumn = "coarse" })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ColumnsThatCouldBothBeMeantAreRefused()
    {
        await WriteAsync(
            Here,
            new DataField("target", typeof(int)),
            "image",
            more: new("category", typeof(int))
        );

        var fault = Assert.Throws<FaultException>(() => Open(SomeImages.Specification("parquet")));

        Assert.Contains(
            "target and category could both hold classes",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task PathsWithoutBytesAreToldInOneSentence()
    {
        Directory.CreateDirectory(Path.Combine(Here, "text"));
        var path = new DataField("image", typeof(string));
        foreach (var split in (string[])["train", "test"])
            await WriteFileAsync(
                Path.Combine(Here, "text", $"{split}-0.parquet"),
                new ParquetSchema(path, new DataField<int>("label")),
                async (group, fields) =>
                {
                    await group.WriteAsync(fields[0], new[] { "a.png", "b.png" });
                    await group.WriteAsync<int>(fields[1], new[] { 0, 1 }.AsMemory());
                }
            );
        Directory.CreateDirectory(Path.Combine(Here, "struct"));
        var structure = new StructField(
            "image",
            new DataField("bytes", typeof(byte[]), isNullable: true),
            new DataField<string>("path")
        );
        foreach (var split in (string[])["train", "test"])
            await WriteFileAsync(
                Path.Combine(Here, "struct", $"{split}-0.parquet"),
                new ParquetSchema(structure, new DataField<int>("label")),
                async (group, fields) =>
                {
                    await group.WriteAsync(fields[0], new byte[]?[] { null, null }!);
                    await group.WriteAsync(fields[1], new[] { "a.png", "b.png" });
                    await group.WriteAsync<int>(fields[2], new[] { 0, 1 }.AsMemory());
                }
            );

        foreach (var kind in (string[])["text", "struct"])
            Assert.StartsWith(
                "train-0.parquet holds paths and no bytes: its column image",
                Assert
                    .Throws<FaultException>(() => SomeImages.Open("parquet", Path.Combine(Here, kind)))
                    .Message,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("train.parquet", "test.parquet")]
    [InlineData("train_0.parquet", "test_0.parquet")]
    [InlineData("train00.parquet", "test00.parquet")]
    [InlineData("data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet")]
    [InlineData("train/0000.parquet", "test/0000.parquet")]
    [InlineData("default/train/0000.parquet", "default/test/0000.parquet")]
    public async Task FilesAreFoundWhereverPeoplePutThem(string train, string test)
    {
        await WriteAsync(Here, new DataField("label", typeof(int)), "image", train: train, test: test);
        File.WriteAllText(Path.Combine(Here, Path.GetDirectoryName(train)!, "._train-0.parquet"), "Mac OS X");

        var data = Open(SomeImages.Specification("parquet"));

        Assert.True(ParquetImages.Definition.IsAt!(Here));
        Assert.False(ImageFolder.Definition.IsAt!(Here));
        Assert.Equal(4, data.Train.Count);
        Assert.Equal(["hidden and system files"], data.Inventory.PassedOver.Select(kind => kind.Kind));
    }

    [Theory]
    [InlineData("validation-0.parquet", "validation")]
    [InlineData("data/val-0.parquet", "val")]
    [InlineData("valid/0.parquet", "valid")]
    public async Task SplitThatIsCalledOtherwiseIsRefusedWithTheWayToNameIt(string test, string name)
    {
        await WriteAsync(Here, new DataField("label", typeof(int)), "image", test: test);

        var fault = Assert.Throws<FaultException>(() => Open(SomeImages.Specification("parquet")));

        Assert.Equal("MM2001", fault.Code);
        Assert.Equal($"--set dataset.split.test={name}", fault.Fix);
        Assert.Equal(4, Open(SomeImages.Specification("parquet") with { TestSplit = name }).Test.Count);
    }

    [Fact]
    public async Task ShardsOfASplitInTwoFoldersAreRefused()
    {
        await WriteAsync(Here, new DataField("label", typeof(int)), "image", train: "old/train-0.parquet");
        await WriteAsync(Here, new DataField("label", typeof(int)), "image", train: "data/train-0.parquet");

        Assert.Equal(
            "MM2004",
            Assert.Throws<FaultException>(() => Open(SomeImages.Specification("parquet"))).Code
        );
    }

    private Dataset Open(DatasetSpecification dataset) => DatasetCatalogue.Open(dataset, 1, Here);

    private async Task<Dataset> OfAsync<T>(Func<int, T> label)
        where T : struct
    {
        var folder = Directory.CreateDirectory(Path.Combine(Here, typeof(T).Name)).FullName;
        foreach (var split in (string[])["train", "test"])
            await WriteFileAsync(
                Path.Combine(folder, $"{split}-0.parquet"),
                new ParquetSchema(new DataField("image", typeof(byte[])), new DataField<T>("label")),
                async (group, fields) =>
                {
                    await group.WriteAsync(fields[0], new[] { SomeImages.Png(0), SomeImages.Png(9) });
                    await group.WriteAsync<T>(fields[1], new[] { label(0), label(1) }.AsMemory());
                }
            );
        return SomeImages.Open("parquet", folder);
    }

    /// <summary>Images of two classes in turn.</summary>
    private static async Task WriteAsync(
        string folder,
        DataField label,
        string image,
        int rows = 4,
        int missingLabel = -1,
        DataField? more = null,
        string train = "train-0.parquet",
        string test = "test-0.parquet"
    )
    {
        foreach (var name in (string[])[train, test])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            DataField[] columns = [new(image, typeof(byte[])), label, .. more is null ? [] : new[] { more }];
            await WriteFileAsync(
                Path.Combine(folder, name),
                new ParquetSchema(columns),
                async (group, fields) =>
                {
                    var numbers = Enumerable.Range(0, rows).ToArray();
                    await group.WriteAsync(fields[0], numbers.Select(SomeImages.Png).ToArray());
                    foreach (var field in fields.Skip(1))
                        if (field.IsNullable)
                            await group.WriteAsync<int>(
                                field,
                                numbers
                                    .Select(i => i == missingLabel ? null : (int?)(i % 2))
                                    .ToArray()
                                    .AsMemory()
                            );
                        else
                            await group.WriteAsync<int>(
                                field,
                                numbers.Select(i => i % 2).ToArray().AsMemory()
                            );
                }
            );
        }
    }

    private static async Task WriteFileAsync(
        string path,
        ParquetSchema schema,
        Func<ParquetRowGroupWriter, DataField[], Task> write
    )
    {
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        using var group = writer.CreateRowGroup();
        await write(group, schema.GetDataFields());
    }
}
