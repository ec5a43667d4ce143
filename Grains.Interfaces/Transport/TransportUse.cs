namespace MMOrleans.Grains.Interfaces.Transport;

/// <summary>How a silo's vectors get to another silo.</summary>
/// <param name="Silo">The other one's name.</param>
/// <param name="Transport">One of <see cref="TransportNames"/>; empty while nothing has been exchanged.</param>
[GenerateSerializer, Immutable, Alias("mm.TransportUse")]
public sealed record TransportUse([property: Id(0)] string Silo, [property: Id(1)] string Transport);
