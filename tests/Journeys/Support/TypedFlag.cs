namespace MMOrleans.Journeys.Support;

/// <summary>A verb, and one flag of it; of a verb alone the flag is empty.</summary>
/// <param name="Verb">Such as <c>data verify</c>.</param>
/// <param name="Flag">By its long name.</param>
internal readonly record struct TypedFlag(string Verb, string Flag);
