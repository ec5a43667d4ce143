namespace MMOrleans.Runs.Events;

/// <summary>Images that cannot be read are not trained on, as the specification allows.</summary>
/// <param name="Images">How many.</param>
/// <param name="First">The first of them, and what is wrong with it.</param>
public sealed record ImagesLeftOut(int Images, string First) : Incident;
