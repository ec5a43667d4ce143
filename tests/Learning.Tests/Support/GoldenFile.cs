using System.Text.Json;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>A file of reference numbers; how they were made stands in its README.</summary>
internal sealed class GoldenFile
{
    private GoldenFile(JsonElement root) => Root = root;

    public JsonElement Root { get; }

    public IEnumerable<JsonElement> Cases => Root.GetProperty("cases").EnumerateArray();

    /// <summary>Accept a against b when |a − b| ≤ tolerance · (1 + |b|).</summary>
    public double Tolerance => Root.GetProperty("tolerance").GetProperty("float64").GetDouble();

    /// <summary>From the folder in <c>MM_GOLDEN_DIR</c>, else from tests/Golden of this repository.</summary>
    public static GoldenFile Open(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), name + ".json")));
        return new(document.RootElement.Clone());
    }

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("MM_GOLDEN_DIR") is { Length: > 0 } given)
            return given;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "tests", "Golden");
            if (Directory.Exists(folder))
                return folder;
        }

        throw new DirectoryNotFoundException("No tests/Golden above the test's folder; set MM_GOLDEN_DIR.");
    }
}

internal static class GoldenElements
{
    public static string Id(this JsonElement element) => element.GetProperty("id").GetString()!;

    public static double Number(this JsonElement element, string name) =>
        element.GetProperty(name).GetDouble();

    public static int Int(this JsonElement element, string name) => element.GetProperty(name).GetInt32();

    public static bool Has(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A plain array, or the data of a tensor.</summary>
    public static double[] Numbers(this JsonElement element, string name) =>
        element.GetProperty(name).Numbers();

    public static double[] Numbers(this JsonElement element) =>
        (element.ValueKind == JsonValueKind.Object ? element.GetProperty("data") : element)
            .EnumerateArray()
            .Select(e => e.GetDouble())
            .ToArray();

    public static int[] Ints(this JsonElement element, string name) =>
        element.GetProperty(name).EnumerateArray().Select(e => e.GetInt32()).ToArray();

    public static long[] Longs(this JsonElement element, string name) =>
        element.GetProperty(name).EnumerateArray().Select(e => e.GetInt64()).ToArray();
}
