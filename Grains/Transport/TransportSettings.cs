namespace MMOrleans.Grains.Transport;

/// <summary>How vectors may get to other silos.</summary>
/// <param name="SharesMemory">Whether silos of one machine read each other's memory.</param>
internal sealed record TransportSettings(bool SharesMemory);
