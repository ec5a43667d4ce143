namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>What a device is at.</summary>
/// <param name="Seconds">For how long it has been at one piece of work, s.</param>
/// <param name="UsualSeconds">Median of what such a piece took lately, s; 0 when there was none yet.</param>
[GenerateSerializer, Immutable, Alias("mm.DeviceLoad")]
public sealed record DeviceLoad([property: Id(0)] double Seconds, [property: Id(1)] double UsualSeconds);
