using System.Globalization;

namespace MMOrleans.Client.Output;

/// <summary>How quantities are written for people; scripts get plain numbers in seconds and bytes.</summary>
internal static class Figures
{
    /// <summary><c>1:12:44</c>, <c>12:31</c>, <c>0:07</c>.</summary>
    public static string Clock(TimeSpan time)
    {
        var whole = time < TimeSpan.Zero ? TimeSpan.Zero : time;
        return whole.TotalHours >= 1
            ? $"{(int)whole.TotalHours}:{whole.Minutes:00}:{whole.Seconds:00}"
            : $"{whole.Minutes}:{whole.Seconds:00}";
    }

    /// <summary><c>3 h 48 m</c>, <c>12 m 31 s</c>, <c>41 s</c>.</summary>
    public static string Span(TimeSpan time) =>
        time switch
        {
            { TotalHours: >= 1 } => $"{(int)time.TotalHours} h {time.Minutes} m",
            { TotalMinutes: >= 1 } => $"{time.Minutes} m {time.Seconds} s",
            _ => $"{Math.Max(0, time.TotalSeconds):0.#} s",
        };

    /// <summary><c>3d</c>, <c>5h</c>, <c>12m</c>, <c>41s</c>.</summary>
    public static string Short(TimeSpan time) =>
        time switch
        {
            { TotalDays: >= 2 } => $"{(int)time.TotalDays}d",
            { TotalHours: >= 1 } => $"{(int)time.TotalHours}h",
            { TotalMinutes: >= 1 } => $"{(int)time.TotalMinutes}m",
            _ => $"{Math.Max(0, (int)time.TotalSeconds)}s",
        };

    /// <summary><c>3.7 MB</c>.</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            >= 1_000_000_000 => $"{bytes / 1e9:0.0} GB",
            >= 1_000_000 => $"{bytes / 1e6:0.0} MB",
            >= 1_000 => $"{bytes / 1e3:0.0} KB",
            _ => $"{bytes} B",
        };

    /// <summary><c>263 ms</c>, <c>1.2 s</c>.</summary>
    public static string Duration(double seconds) =>
        seconds < 0.9995 ? $"{seconds * 1000:0} ms" : $"{seconds:0.0} s";

    /// <summary>A share in [0, 1] as <c>77.9</c>; a dash when there is none.</summary>
    public static string Points(double? share) =>
        share is { } value && double.IsFinite(value) ? $"{value * 100:0.0}" : "-";

    /// <summary>A share in [0, 1] as <c>81 %</c>.</summary>
    public static string Percent(double share) => $"{share * 100:0} %";

    /// <summary><c>12,406</c>.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Four digits that matter: <c>0.412</c>, <c>12.31</c>, <c>3.8e+04</c>.</summary>
    public static string Value(double value) =>
        !double.IsFinite(value) ? "-"
        : value == 0 ? "0"
        : Math.Abs(value) is >= 10_000 or < 0.0001 ? value.ToString("0.0e+00", CultureInfo.InvariantCulture)
        : Math.Abs(value) < 1 ? value.ToString("0.####", CultureInfo.InvariantCulture)
        : value.ToString("0.###", CultureInfo.InvariantCulture);
}
