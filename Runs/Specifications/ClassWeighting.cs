using System.Text.Json.Serialization;

namespace MMOrleans.Runs.Specifications;

/// <summary>How counts become class weights.</summary>
[JsonConverter(typeof(ChoiceJson<ClassWeighting>))]
public enum ClassWeighting
{
    /// <summary>By the effective number of images: Cui et al., CVPR 2019.</summary>
    EffectiveNumber,

    /// <summary>By the inverse of the count.</summary>
    InverseFrequency,
}
