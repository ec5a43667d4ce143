namespace MMOrleans.Runs.Events;

/// <summary>The first round of a stretch of training was completed.</summary>
/// <param name="Seconds">From the start until then: opening the images, loading the native library and the state, the round itself.</param>
public sealed record RunBegan(double Seconds) : Incident;
