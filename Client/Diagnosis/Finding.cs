namespace MMOrleans.Client.Diagnosis;

/// <summary>What one check of this machine found.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="What">What was looked at.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Fix">What to do; null when nothing is to be done.</param>
internal sealed record Finding(FindingLevel Level, string What, string Detail, string? Fix = null);
