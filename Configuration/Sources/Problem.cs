namespace MMOrleans.Configuration.Sources;

/// <summary>One thing that is wrong.</summary>
/// <param name="Code">Such as <c>MM1003</c>.</param>
/// <param name="Message">What, where, with the value.</param>
/// <param name="Fix">What to do now.</param>
public sealed record Problem(string Code, string Message, string Fix);
