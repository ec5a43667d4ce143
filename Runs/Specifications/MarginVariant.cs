using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>Whose definition the maximum-margin losses follow.</summary>
[JsonConverter(typeof(ChoiceJson<MarginVariant>))]
public enum MarginVariant
{
    /// <summary>The paper's.</summary>
    Paper,

    /// <summary>The authors' code, where a row's loss depends on the batch's first label; with one slot only.</summary>
    Official,
}
