using System.Formats.Tar;
using System.Text;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Specifications;
using Parquet;
using Parquet.Schema;
using SkiaSharp;

namespace MMOrleans.Learning.Tests.Datasets;

/// <summary>A few pictures of three kinds, written in every format that a user's own images may have.</summary>
internal static class SomeImages
{
    public static readonly string[] Classes = ["cat", "dog", "owl"];

    /// <summary>Class and contents of every image of a split, in order: 4, 3 and 2 training images, 2 test images each.</summary>
    public static IReadOnlyList<(string Class, byte[] Png)> Of(string split) =>
        [
            .. from c in Enumerable.Range(0, Classes.Length)
            from i in Enumerable.Range(0, split == "train" ? 4 - c : 2)
            select (Classes[c], Png((c * 40) + (i * 7) + (split == "train" ? 0 : 3))),
        ];

    public static Dataset Open(string name, string folder, string? onBadImage = null, int? side = null) =>
        DatasetCatalogue.Open(Specification(name, onBadImage, side), 1, folder);

    public static DatasetSpecification Specification(
        string name,
        string? onBadImage = null,
        int? side = null
    ) =>
        new()
        {
            Name = name,
            Mean = [],
            StandardDeviation = [],
            OnBadImage = onBadImage,
            ImageSize = side,
        };

    public static void WriteFolders(string folder)
    {
        foreach (var split in (string[])["train", "test"])
        foreach (var (image, i) in Of(split).Select((image, i) => (image, i)))
        {
            var place = Directory.CreateDirectory(Path.Combine(folder, split, image.Class)).FullName;
            File.WriteAllBytes(Path.Combine(place, $"{i:000}.png"), image.Png);
        }
    }

    public static void WriteLists(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "all, of them"));
        foreach (var split in (string[])["train", "test"])
        {
            var lines = new List<string> { "label,path" };
            foreach (var (image, i) in Of(split).Select((image, i) => (image, i)))
            {
                var path = $"all, of them/{split}{i}.png";
                File.WriteAllBytes(Path.Combine(folder, path), image.Png);
                lines.Add($"{image.Class},\"{path}\"");
            }

            File.WriteAllLines(Path.Combine(folder, $"{split}.csv"), lines);
        }
    }

    public static void WriteTars(string folder)
    {
        foreach (var split in (string[])["train", "test"])
        foreach (var (shard, number) in Of(split).Chunk(4).Select((shard, number) => (shard, number)))
        {
            using var stream = File.Create(Path.Combine(folder, $"{split}-{number:000000}.tar"));
            using var tar = new TarWriter(stream);
            foreach (var (image, i) in shard.Select((image, i) => (image, (number * 4) + i)))
            {
                Add(tar, $"x/{i:000}.cls", Encoding.UTF8.GetBytes($"{image.Class}\n"));
                Add(tar, $"x/{i:000}.png", image.Png);
            }
        }
    }

    /// <param name="folder">Where.</param>
    /// <param name="column">Name of the structure that holds the bytes.</param>
    /// <param name="missing">A training image that is null; −1 for none.</param>
    public static async Task WriteParquetAsync(string folder, string column = "image", int missing = -1)
    {
        var bytes = new DataField("bytes", typeof(byte[]), isNullable: true);
        var label = new DataField<long>("label");
        var schema = new ParquetSchema(new StructField(column, bytes, new DataField<string>("path")), label);
        foreach (var split in (string[])["train", "test"])
        foreach (var (shard, number) in Of(split).Chunk(5).Select((shard, number) => (shard, number)))
        {
            await using var stream = File.Create(
                Path.Combine(folder, $"{split}-{number:00000}-of-00002.parquet")
            );
            await using var writer = await ParquetWriter.CreateAsync(schema, stream);
            writer.CustomMetadata = new Dictionary<string, string>
            {
                ["huggingface"] =
                    """{"info": {"features": {"label": {"names": ["cat", "dog", "owl"], "_type": "ClassLabel"}}}}""",
            };
            foreach (var rows in shard.Chunk(3)) // more than one row group
            {
                using var group = writer.CreateRowGroup();
                var fields = schema.GetDataFields();
                byte[]?[] images =
                [
                    .. rows.Select(
                        (row, i) => split == "train" && number == 0 && i == missing ? null : row.Png
                    ),
                ];
                await group.WriteAsync(fields[0], images!);
                await group.WriteAsync(fields[1], rows.Select(_ => "a.png").ToArray());
                await group.WriteAsync<long>(
                    fields[2],
                    rows.Select(row => (long)Classes.IndexOf(row.Class)).ToArray().AsMemory()
                );
            }
        }
    }

    public static void Add(TarWriter tar, string name, byte[] contents) =>
        tar.WriteEntry(
            new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(contents) }
        );

    public static byte[] Png(int seed)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(11, 9, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < 9; y++)
        for (var x = 0; x < 11; x++)
            bitmap.SetPixel(
                x,
                y,
                new SKColor((byte)(seed + x), (byte)(seed * 3 + y), (byte)(seed + (x * y)))
            );
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
