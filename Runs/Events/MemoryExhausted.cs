namespace MMOrleans.Runs.Events;

/// <summary>A trainer's device, or its process, had no memory left.</summary>
/// <param name="Trainer">Such as <c>silo-1/t0</c>.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Wanted">Bytes of the allocation that failed; null when they are not known.</param>
/// <param name="Free">Bytes that were free; null when they are not known.</param>
public sealed record MemoryExhausted(string Trainer, string Device, long? Wanted, long? Free) : Incident;
