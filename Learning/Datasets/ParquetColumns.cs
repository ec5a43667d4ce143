using System.Globalization;
using MMOrleans.Runs.Specifications;
using Parquet;
using Parquet.Schema;

namespace MMOrleans.Learning.Datasets;

/// <summary>The columns of a Parquet file that hold its images and their classes.</summary>
/// <param name="Image">Bytes of the image files: a column of its own, or <c>bytes</c> within a structure.</param>
/// <param name="Label">Whole numbers, truth values or text.</param>
internal sealed record ParquetColumns(DataField Image, DataField Label)
{
    private static readonly Type[] LabelTypes =
    [
        typeof(bool),
        typeof(sbyte),
        typeof(byte),
        typeof(short),
        typeof(ushort),
        typeof(int),
        typeof(uint),
        typeof(long),
        typeof(ulong),
        typeof(float),
        typeof(double),
    ];

    /// <summary>Name of the column of the classes.</summary>
    public string LabelName => Label.Path.ToString();

    /// <summary>Finds them.</summary>
    /// <param name="schema">The file's.</param>
    /// <param name="dataset">Names them, where they are not called as usual.</param>
    /// <param name="file">What an error calls the file.</param>
    /// <exception cref="FaultException">MM2004: none or several could be meant, or the images are paths.</exception>
    public static ParquetColumns Of(ParquetSchema schema, DatasetSpecification dataset, string file)
    {
        var fields = schema.DataFields;
        string[] all = [.. fields.Select(Shown)];
        var images = fields.Where(IsBytes).ToList();
        var choice = new ColumnChoice(
            "dataset.columns.image",
            "images",
            Bare(dataset.ImageColumn),
            "image",
            "img",
            "images",
            "jpg",
            "jpeg",
            "png",
            "webp",
            "image_bytes"
        );
        var names = choice.Given is { } given ? [given] : choice.Usual;
        // Only where no column of bytes could be meant: a table of images may hold their paths as well.
        if (
            !images.Exists(field => names.Contains(Top(field)))
            && fields.FirstOrDefault(field => IsText(field) && names.Contains(Top(field)) && !field.IsArray)
                is { } text
        )
            throw OnlyPaths(file, Shown(text));
        var image = choice.Among([.. images.Select(Top)], file, all);
        var labels = fields.Where(field => IsLabel(field) && Top(field) != image).ToList();
        var label = ColumnChoice
            .Labels(dataset.LabelColumn)
            .Among([.. labels.Select(field => field.Path.ToString())], file, all);
        return new(
            images.First(field => Top(field) == image),
            labels.First(field => field.Path.ToString() == label)
        );
    }

    /// <summary>Column that holds the path beside the bytes, as Hugging Face writes it; null for none.</summary>
    public static bool HasPaths(ParquetSchema schema, DataField image) =>
        schema.DataFields.Any(field => Top(field) == Top(image) && IsText(field));

    /// <summary>MM2004: a file of references.</summary>
    public static FaultException OnlyPaths(string file, string column) =>
        new(
            "MM2004",
            $"{file} holds paths and no bytes: its column {column} names image files that are not in it",
            "write the images' bytes into the file, or list the paths in train.csv and test.csv (path,label) beside the images"
        );

    /// <summary>A column's name as people write it.</summary>
    public static string Shown(DataField field) => field.Path.ToString().Replace('/', '.');

    /// <summary>The labels of a row group; null where a row has none.</summary>
    public async Task<string?[]> LabelsAsync(ParquetRowGroupReader group) =>
        Type.GetTypeCode(Label.ClrType) switch
        {
            _ when IsText(Label) => await TextsAsync(group),
            TypeCode.Boolean => await ValuesAsync<bool>(group, value => value ? "true" : "false"),
            TypeCode.SByte => await NumbersAsync<sbyte>(group),
            TypeCode.Byte => await NumbersAsync<byte>(group),
            TypeCode.Int16 => await NumbersAsync<short>(group),
            TypeCode.UInt16 => await NumbersAsync<ushort>(group),
            TypeCode.Int32 => await NumbersAsync<int>(group),
            TypeCode.UInt32 => await NumbersAsync<uint>(group),
            TypeCode.Int64 => await NumbersAsync<long>(group),
            TypeCode.UInt64 => await NumbersAsync<ulong>(group),
            // Whole numbers with a gap become these in many tables.
            TypeCode.Single => await ValuesAsync<float>(group, value => Whole(value)),
            _ => await ValuesAsync<double>(group, Whole),
        };

    private static bool IsText(DataField field) =>
        field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    private static bool IsBytes(DataField field) =>
        (field.ClrType == typeof(byte[]) || field.ClrType == typeof(ReadOnlyMemory<byte>))
        && !field.IsArray
        && field.MaxRepetitionLevel == 0 // of a list, values would be counted as rows
        && (field.Path.Length == 1 || (field.Path.Length == 2 && field.Name == "bytes"));

    private static bool IsLabel(DataField field) =>
        field.Path.Length == 1
        && !field.IsArray
        && field.MaxRepetitionLevel == 0
        && (IsText(field) || LabelTypes.Contains(field.ClrType));

    private static string Top(DataField field) => field.Path.FirstPart!;

    // A person may name the structure or what is in it.
    private static string? Bare(string? name) =>
        name is not null && name.EndsWith(".bytes", StringComparison.Ordinal)
            ? name[..^".bytes".Length]
            : name;

    private Task<string?[]> NumbersAsync<T>(ParquetRowGroupReader group)
        where T : struct, IFormattable =>
        ValuesAsync<T>(group, value => value.ToString(null, CultureInfo.InvariantCulture));

    private static string? Whole(double value) =>
        double.IsNaN(value) ? null
        : Math.Abs(value) < 1e9 && Math.Floor(value) == value
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
        : throw new InvalidDataException(
            $"a label is {value.ToString(CultureInfo.InvariantCulture)}, which is not a whole number"
        );

    private async Task<string?[]> ValuesAsync<T>(ParquetRowGroupReader group, Func<T, string?> text)
        where T : struct
    {
        if (Label.IsNullable)
        {
            var some = new T?[group.RowCount];
            await group.ReadAsync(Label, some.AsMemory());
            return [.. some.Select(value => value is { } there ? text(there) : null)];
        }

        var all = new T[group.RowCount];
        await group.ReadAsync(Label, all.AsMemory());
        return [.. all.Select(text)];
    }

    private async Task<string?[]> TextsAsync(ParquetRowGroupReader group)
    {
        var texts = new string?[group.RowCount];
        await group.ReadAsync(Label, texts.AsMemory()!);
        // A blank at an end is not part of a name, as in the other formats.
        return
        [
            .. texts.Select(label =>
                label?.Trim('\uFEFF', ' ', '\t', '\r', '\n') is { Length: > 0 } some ? some : null
            ),
        ];
    }
}
