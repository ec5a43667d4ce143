using System.Text.Json;

namespace MMOrleans.Tests;

/// <summary>Reference numbers: from the folder that MM_GOLDEN_DIR names, else from tests/Golden.</summary>
internal static class GoldenCases
{
    public static JsonElement Read(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), $"{name}.json"))).RootElement;

    public static IEnumerable<JsonElement> Cases(string name) =>
        Read(name).GetProperty("cases").EnumerateArray();

    public static double Tolerance(string name) =>
        Read(name).GetProperty("tolerance").GetProperty("float64").GetDouble();

    public static string Id(this JsonElement @case) => @case.GetProperty("id").GetString()!;

    public static double Number(this JsonElement element, string name) =>
        element.GetProperty(name).GetDouble();

    /// <summary>A plain array, or the data of a tensor.</summary>
    public static double[] Numbers(this JsonElement element, string name) =>
        element.GetProperty(name).Numbers();

    public static double[] Numbers(this JsonElement element) =>
        (
            element.ValueKind == JsonValueKind.Object ? element.GetProperty("data") : element
        ).Deserialize<double[]>()!;

    public static int[] Integers(this JsonElement element, string name) =>
        element.GetProperty(name).Deserialize<int[]>()!;

    public static void AssertClose(
        IEnumerable<double> expected,
        IEnumerable<double> actual,
        double tolerance,
        string what
    )
    {
        var pairs = expected.Zip(actual).ToList();
        Assert.Equal(expected.Count(), actual.Count());
        foreach (var (want, have) in pairs)
            Assert.True(
                Math.Abs(have - want) <= tolerance * (1 + Math.Abs(want)),
                $"{what}: {have:R} is not {want:R} within {tolerance}"
            );
    }

    /// <summary>Where the files are.</summary>
    public static string Folder()
    {
        if (Environment.GetEnvironmentVariable("MM_GOLDEN_DIR") is { Length: > 0 } named)
            return named;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Directory.Exists(Path.Combine(at.FullName, "tests", "Golden")))
                return Path.Combine(at.FullName, "tests", "Golden");
        throw new DirectoryNotFoundException(
            "tests/Golden is not above the test's folder; set MM_GOLDEN_DIR."
        );
    }
}
