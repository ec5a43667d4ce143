using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Values;

namespace MMOrleans.Silo.Configuration;

/// <summary>One option of a silo: its key in JSON and in the environment, its flag, and what it may hold.</summary>
/// <param name="Path">Such as <c>Ports:Silo</c>; <c>MM_SILO__PORTS__SILO</c> in the environment.</param>
/// <param name="Flag">Such as <c>--port</c>; null when only files and environment have it.</param>
/// <param name="Value">What it may hold.</param>
/// <param name="Doc">What it is and its default, which is <c>{usual}</c> where the settings have it.</param>
internal sealed record SiloOption(string Path, string? Flag, SettingValue Value, string Doc)
{
    /// <summary>The member of the settings that it writes; null where several options make one member.</summary>
    public Lens? Member { get; init; }

    /// <summary>Its default, as it is typed; null for none.</summary>
    public object? Usual { get; init; }

    /// <summary>The option as messages name it.</summary>
    public string Shown => Flag is null ? Path : $"{Path} ({Flag})";

    /// <summary>The option as it is typed.</summary>
    public string Typed => Flag ?? $"--{Path}";

    /// <summary>Its line of the help.</summary>
    public string Help => Doc.Replace("{usual}", Value.Write(Usual), StringComparison.Ordinal);
}
