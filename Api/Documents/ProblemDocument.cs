namespace MMOrleans.Api.Documents;

/// <summary>One of several things that are wrong with a configuration.</summary>
/// <param name="Code">Of the error catalogue.</param>
/// <param name="Detail">What is wrong, with its place and value.</param>
/// <param name="Fix">What to write instead.</param>
public sealed record ProblemDocument(string Code, string Detail, string Fix);
