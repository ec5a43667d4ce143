using System.Globalization;
using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>How a diagnosis writes times and quantities.</summary>
internal static class Words
{
    /// <summary><c>10:22:41Z</c>.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>1.6 s</c>, <c>3 m 5 s</c>, <c>2 h 7 m</c>.</summary>
    public static string Seconds(double seconds) =>
        TimeSpan.FromSeconds(Math.Max(0, seconds)) switch
        {
            { TotalHours: >= 1 } time => $"{(int)time.TotalHours} h {time.Minutes} m",
            { TotalMinutes: >= 1 } time => $"{time.Minutes} m {time.Seconds} s",
            var time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        };

    /// <summary><c>2.1</c>, <c>3.8e4</c>.</summary>
    public static string Number(double value) =>
        !double.IsFinite(value) ? "infinite"
        : Math.Abs(value) is >= 10_000 or (< 0.001 and > 0)
            ? value.ToString("0.0e0", CultureInfo.InvariantCulture)
        : value.ToString(Math.Abs(value) < 100 ? "0.###" : "0", CultureInfo.InvariantCulture);

    /// <summary><c>71 %</c>.</summary>
    public static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    /// <summary><c>1.2 GiB</c>.</summary>
    public static string Bytes(long bytes) =>
        bytes >= 1L << 30
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : bytes >= 1L << 20
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB")
        : $"{bytes} bytes";

    /// <summary><c>1 slot</c>, <c>2 slots</c>.</summary>
    public static string Count(long count, string one) => count == 1 ? $"1 {one}" : $"{count} {one}s";

    /// <summary><c>at epoch 5, round 34</c>: the epoch in progress, and the rounds that were complete.</summary>
    public static string Where(EventRecord happened) => $"at epoch {happened.Epoch}, round {happened.Round}";

    /// <summary><c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> names) =>
        names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
}
