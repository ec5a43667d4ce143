using System.Text.Json;

namespace MMOrleans.Learning.Tests.Datasets;

/// <summary>Image files of every kind, and what Pillow makes of them.</summary>
internal static class ReferenceImages
{
    private static readonly JsonElement Document = Read();

    public static IEnumerable<string> Ids =>
        Document.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("id").GetString()!);

    public static byte[] File(string id) => Case(id).GetProperty("file").GetBytesFromBase64();

    public static byte[] Planes(string id) => Case(id).GetProperty("planes").GetBytesFromBase64();

    public static int Side(string id) => Case(id).GetProperty("side").GetInt32();

    /// <summary>Largest difference of a byte that another implementation may have.</summary>
    public static int Tolerance(string id) => Case(id).GetProperty("tolerance").GetInt32();

    private static JsonElement Case(string id) =>
        Document.GetProperty("cases").EnumerateArray().First(c => c.GetProperty("id").GetString() == id);

    private static JsonElement Read()
    {
        using var stream = typeof(ReferenceImages).Assembly.GetManifestResourceStream(
            "ReferenceImages.json"
        )!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }
}
