namespace MMOrleans.Grains.Devices;

/// <summary>What a silo offers to runs.</summary>
/// <param name="Devices">One for each trainer, <c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Fingerprint">Library, device kind and processor features: equal where kernels give equal bits.</param>
public sealed record SiloOffer(ImmutableArray<string> Devices, string Fingerprint);
