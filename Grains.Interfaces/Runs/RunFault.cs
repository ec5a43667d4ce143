namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>What went wrong, as a person reads it: a code of the error catalogue, what happened, and what to do.</summary>
/// <param name="Code">Such as <c>MM4003</c>.</param>
/// <param name="Message">What happened, with the value.</param>
/// <param name="Fix">What to do now.</param>
/// <param name="Facts">The same for programs: an incident's fields as a JSON object; empty for none.</param>
[GenerateSerializer, Immutable, Alias("mm.RunFault")]
public sealed record RunFault(
    [property: Id(0)] string Code,
    [property: Id(1)] string Message,
    [property: Id(2)] string Fix,
    [property: Id(3)] string Facts = ""
);
