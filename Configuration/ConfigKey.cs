using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration;

/// <summary>A key of the configuration file.</summary>
/// <param name="Path">Such as <c>train.epochs</c>.</param>
/// <param name="BuiltIn">Value when nobody says anything, as it is typed.</param>
/// <param name="Value">What it may be.</param>
/// <param name="Doc">One line.</param>
internal sealed record ConfigKey(string Path, string BuiltIn, SettingValue Value, string Doc)
{
    /// <summary>Flag of train that sets it; null for none.</summary>
    public string? Flag { get; init; }

    /// <summary>Up to the last dot; empty at the top.</summary>
    public string Section => Path.LastIndexOf('.') is >= 0 and var dot ? Path[..dot] : "";

    /// <summary>After the last dot.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];
}
