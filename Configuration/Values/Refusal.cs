using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>Why a value is refused.</summary>
/// <param name="Code">MM1002, MM1004 or MM1007.</param>
/// <param name="Text">Goes on after the key: <c>wants a whole number, got 'many'</c>.</param>
/// <param name="Fix">A value that would do, or a sentence.</param>
internal sealed record Refusal(string Code, string Text, string Fix)
{
    /// <summary>Where in the value it is; null for the whole of it.</summary>
    public Place? At { get; init; }

    /// <summary>The key below the value that it is about, such as <c>.min</c>.</summary>
    public string Below { get; init; } = "";
}
