namespace MMOrleans.Configuration.Keys;

/// <summary>A named set of base values.</summary>
/// <param name="Name">As users type it.</param>
/// <param name="Doc">One line.</param>
/// <param name="Values">Keys and values as they are typed; the published margins follow from method, data and imbalance.</param>
public sealed record Preset(string Name, string Doc, IReadOnlyDictionary<string, string> Values);
