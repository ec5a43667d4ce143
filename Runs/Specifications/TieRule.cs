using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>What the maximum-margin losses take a gap of exactly 0 for.</summary>
[JsonConverter(typeof(ChoiceJson<TieRule>))]
public enum TieRule
{
    /// <summary>A correct row.</summary>
    Positive,

    /// <summary>A row without a margin.</summary>
    None,
}
