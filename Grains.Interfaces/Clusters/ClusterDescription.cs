using MMOrleans.Grains.Interfaces.Transport;

namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>The cluster as a person sees it.</summary>
/// <param name="Version">Version of the silo that answered.</param>
/// <param name="Silos">Members by name; those that are gone are left out.</param>
[GenerateSerializer, Immutable, Alias("mm.ClusterDescription")]
public sealed record ClusterDescription(
    [property: Id(0)] string Version,
    [property: Id(1)] ImmutableArray<SiloDescription> Silos
);

/// <summary>One member of the cluster.</summary>
/// <param name="Name">Stable name, such as <c>silo-0</c>.</param>
/// <param name="Address">Address, silo port and generation, as the runtime writes them.</param>
/// <param name="Status"><c>active</c>, <c>draining</c>, <c>joining</c>, <c>shuttingdown</c> or <c>stopping</c>.</param>
/// <param name="Version">Its version; empty until it is known.</param>
/// <param name="Trainers">Its trainers.</param>
/// <param name="Gateway">Address and port for clients; empty until it is known.</param>
/// <param name="Transports">How its vectors get to every other member; null where it did not say, as one of an older version.</param>
[GenerateSerializer, Immutable, Alias("mm.SiloDescription")]
public sealed record SiloDescription(
    [property: Id(0)] string Name,
    [property: Id(1)] string Address,
    [property: Id(2)] string Status,
    [property: Id(3)] string Version,
    [property: Id(4)] ImmutableArray<TrainerDescription> Trainers,
    [property: Id(5)] string Gateway,
    [property: Id(6)] ImmutableArray<TransportUse>? Transports = null
);
