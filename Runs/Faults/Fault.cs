namespace MMOrleans.Runs.Faults;

/// <summary>What went wrong, for a person: written where it happens, shown unchanged by terminals, REST, logs and <c>run.json</c>.</summary>
/// <param name="Code">One of <see cref="FaultCatalogue"/>, such as <c>MM4003</c>.</param>
/// <param name="Message">What happened, with the value, and why it matters.</param>
/// <param name="Fix">What to do now; where possible something that can be pasted.</param>
public sealed record Fault(string Code, string Message, string Fix);
