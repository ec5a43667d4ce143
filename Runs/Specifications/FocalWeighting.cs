using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>How class weights enter the focal loss.</summary>
[JsonConverter(typeof(ChoiceJson<FocalWeighting>))]
public enum FocalWeighting
{
    /// <summary>Inside the modulating factor, as in the code of Cao et al.</summary>
    Official,

    /// <summary>As a factor of the finished row.</summary>
    Standard,
}
