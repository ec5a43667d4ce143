using System.Formats.Tar;
using System.Text;
using Parquet;
using Parquet.Schema;
using SkiaSharp;

namespace MMOrleans.Journeys.Support;

/// <summary>A long-tailed set of small pictures that the suite draws, as each of the formats that users bring.</summary>
/// <remarks>Of a class are its shapes and, less surely, its colours; size, place, brightness, noise and file format vary.</remarks>
internal static class Photographs
{
    /// <summary>In the order of their names, which is that of the classes' numbers.</summary>
    public static readonly string[] Classes = ["Fähre", "boat", "light house", "zebra"];

    /// <summary>Training images of each class.</summary>
    public static readonly IReadOnlyList<int> Counts = [40, 20, 10, 5];

    public const int TestImages = 5;

    private static readonly IReadOnlyList<Photograph> Drawn = [.. Draw()];

    /// <summary>Those of a split, by class and name.</summary>
    public static IEnumerable<Photograph> Of(string split) =>
        Drawn.Where(photograph => photograph.Split == split);

    /// <summary><c>train/CLASS/FILE</c></summary>
    public static void WriteFolders(string folder)
    {
        foreach (var photograph in Drawn)
        {
            var place = Directory.CreateDirectory(Path.Combine(folder, photograph.Split, photograph.Class));
            File.WriteAllBytes(Path.Combine(place.FullName, photograph.File), photograph.Bytes);
        }
    }

    /// <summary>Tar files with <c>KEY.cls</c> beside each image.</summary>
    public static void WriteShards(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var split in (string[])["train", "test"])
        foreach (var (number, shard) in Of(split).Chunk(30).Index())
        {
            using var stream = File.Create(Path.Combine(folder, $"{split}-{number:000000}.tar"));
            using var tar = new TarWriter(stream);
            foreach (var (i, photograph) in shard.Index())
            {
                Add(tar, $"{i:000}.cls", Encoding.UTF8.GetBytes(photograph.Class));
                Add(tar, $"{i:000}{Path.GetExtension(photograph.File)}", photograph.Bytes);
            }
        }
    }

    /// <summary>As data sets are published: bytes and a number for each image, names in the file's metadata.</summary>
    public static async Task WriteParquetAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var label = new DataField<long>("label");
        var schema = new ParquetSchema(
            new StructField(
                "image",
                new DataField("bytes", typeof(byte[]), isNullable: true),
                new DataField<string>("path")
            ),
            label
        );
        var names = string.Join(", ", Classes.Select(name => $"\"{name}\""));
        foreach (var split in (string[])["train", "test"])
        foreach (var (number, rows) in Of(split).Chunk(40).Index())
        {
            await using var stream = File.Create(
                Path.Combine(folder, $"{split}-{number:00000}-of-00002.parquet")
            );
            await using var writer = await ParquetWriter.CreateAsync(schema, stream);
            writer.CustomMetadata = new Dictionary<string, string>
            {
                ["huggingface"] =
                    """{"info": {"features": {"label": {"names": [NAMES], "_type": "ClassLabel"}}}}""".Replace(
                        "NAMES",
                        names,
                        StringComparison.Ordinal
                    ),
            };
            using var group = writer.CreateRowGroup();
            var fields = schema.GetDataFields();
            byte[]?[] images = [.. rows.Select(row => row.Bytes)];
            await group.WriteAsync(fields[0], images!);
            await group.WriteAsync(fields[1], rows.Select(row => row.File).ToArray());
            await group.WriteAsync<long>(
                fields[2],
                rows.Select(row => (long)Classes.IndexOf(row.Class)).ToArray().AsMemory()
            );
        }
    }

    private static void Add(TarWriter tar, string name, byte[] contents) =>
        tar.WriteEntry(
            new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(contents) }
        );

    private static IEnumerable<Photograph> Draw()
    {
        foreach (var split in (string[])["train", "test"])
            for (var c = 0; c < Classes.Length; c++)
            for (var i = 0; i < (split == "train" ? Counts[c] : TestImages); i++)
            {
                var isJpeg = i % 3 != 1;
                var random = new Random((c * 1000) + i + (split == "test" ? 500 : 0));
                yield return new(
                    split,
                    Classes[c],
                    $"IMG {i:0000}.{(isJpeg ? "jpg" : "png")}",
                    Draw(c, random, isJpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png)
                );
            }
    }

    private static byte[] Draw(int kind, Random random, SKEncodedImageFormat format)
    {
        var (width, height) = (random.Next(20, 72), random.Next(20, 72));
        using var bitmap = new SKBitmap(
            new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColor.FromHsl(random.Next(360), 30, random.Next(60, 90)));
            using var paint = new SKPaint
            {
                IsAntialias = true,
                Color = SKColor.FromHsl((kind * 90) + random.Next(-50, 50), 70, random.Next(25, 50)),
            };
            Shape(canvas, paint, kind, width, height, random);
        }

        for (var n = 0; n < width * height / 12; n++)
            bitmap.SetPixel(
                random.Next(width),
                random.Next(height),
                SKColor.FromHsl(random.Next(360), 50, random.Next(100))
            );
        using var data = bitmap.Encode(format, 85);
        return data.ToArray();
    }

    private static void Shape(SKCanvas canvas, SKPaint paint, int kind, int width, int height, Random random)
    {
        var (x, y) = (
            width * (0.35f + (0.3f * random.NextSingle())),
            height * (0.35f + (0.3f * random.NextSingle()))
        );
        var size = Math.Min(width, height) * (0.3f + (0.15f * random.NextSingle()));
        switch (kind)
        {
            case 0: // lying bars
                for (var at = random.Next(6); at < height; at += height / 4)
                    canvas.DrawRect(0, at, width, height / 8f, paint);
                break;
            case 1: // standing bars
                for (var at = random.Next(6); at < width; at += width / 4)
                    canvas.DrawRect(at, 0, width / 8f, height, paint);
                break;
            case 2:
                canvas.DrawCircle(x, y, size, paint);
                break;
            default: // a cross that stands on its corners
                paint.StrokeWidth = size / 2;
                canvas.DrawLine(x - size, y - size, x + size, y + size, paint);
                canvas.DrawLine(x - size, y + size, x + size, y - size, paint);
                break;
        }
    }
}
