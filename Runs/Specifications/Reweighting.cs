using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>Whether class weights are in force.</summary>
[JsonConverter(typeof(ChoiceJson<Reweighting>))]
public enum Reweighting
{
    /// <summary>Never.</summary>
    None,

    /// <summary>From the first epoch on.</summary>
    Balanced,

    /// <summary>From <see cref="MethodSpecification.DeferEpoch"/> on: deferred re-weighting, DRW.</summary>
    Deferred,
}
