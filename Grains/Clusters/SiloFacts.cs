using System.Reflection;
using MMOrleans.Grains.Devices;

namespace MMOrleans.Grains.Clusters;

/// <summary>The few stable facts that a silo publishes as metadata, and their reading.</summary>
internal sealed record SiloFacts(
    ImmutableArray<string> Devices,
    string Fingerprint,
    string Version,
    string Gateway
)
{
    private const string DevicesKey = "mmorleans.devices";
    private const string FingerprintKey = "mmorleans.fingerprint";
    private const string GatewayKey = "mmorleans.gateway";
    private const string VersionKey = "mmorleans.version";

    /// <summary>Version of this build, without the commit.</summary>
    public static string ThisVersion { get; } =
        typeof(SiloFacts)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";

    /// <summary>The metadata of this silo.</summary>
    public static Dictionary<string, string> Of(SiloOffer offer, string gateway) =>
        new()
        {
            [DevicesKey] = string.Join(',', offer.Devices),
            [FingerprintKey] = offer.Fingerprint,
            [VersionKey] = ThisVersion,
            [GatewayKey] = gateway,
        };

    /// <summary>The facts of a silo; no devices while its metadata is not here yet.</summary>
    public static SiloFacts Read(IReadOnlyDictionary<string, string> metadata) =>
        new(
            [.. metadata.GetValueOrDefault(DevicesKey, "").Split(',', StringSplitOptions.RemoveEmptyEntries)],
            metadata.GetValueOrDefault(FingerprintKey, ""),
            metadata.GetValueOrDefault(VersionKey, ""),
            metadata.GetValueOrDefault(GatewayKey, "")
        );
}
