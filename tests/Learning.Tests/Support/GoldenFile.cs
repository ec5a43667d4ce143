using System.Text.Json;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>A file of reference numbers; how they were made stands in its README.</summary>
internal sealed class GoldenFile
{
    private GoldenFile(JsonElement root) => Root = root;

    /// <summary>All of it: some files have numbers beside their cases.</summary>
    public JsonElement Root { get; }

    public IEnumerable<JsonElement> Cases => Root.GetProperty("cases").EnumerateArray();

    /// <summary>Accept a against b when |a − b| ≤ tolerance · (1 + |b|).</summary>
    public double Tolerance => Root.GetProperty("tolerance").Number("float64");

    /// <summary>What a computation in a type has to come up to.</summary>
    public Precision In(ScalarType type) =>
        new(type, Root.GetProperty("tolerance").Number(type == ScalarType.Float64 ? "float64" : "float32"));

    public static GoldenFile Open(string name) => new(GoldenCases.Read(name));
}

internal static class GoldenElements
{
    public static int Int(this JsonElement element, string name) => element.GetProperty(name).GetInt32();

    public static bool Has(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public static int[] Ints(this JsonElement element, string name) =>
        element.GetProperty(name).Deserialize<int[]>()!;

    public static long[] Longs(this JsonElement element, string name) =>
        element.GetProperty(name).Deserialize<long[]>()!;
}
