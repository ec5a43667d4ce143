using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Runs.Life;

namespace MMOrleans.Api.Documents;

/// <summary>A cluster: its silos and their trainers.</summary>
/// <param name="Version">Version of the silo that answered.</param>
/// <param name="Silos">Members by name.</param>
public sealed record ClusterDocument(string Version, IReadOnlyList<SiloDocument> Silos)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/cluster/v1";

    /// <summary>What was described.</summary>
    public ClusterDescription ToDescription() =>
        new(
            Version,
            [
                .. Silos.Select(silo => new SiloDescription(
                    silo.Name,
                    silo.Address,
                    silo.Status,
                    silo.Version,
                    [
                        .. silo.Trainers.Select(trainer => new TrainerDescription(
                            trainer.Trainer,
                            trainer.Device,
                            trainer.Build,
                            trainer.Run ?? ""
                        )),
                    ],
                    silo.Gateway,
                    silo.Transports is { } uses
                        ? [.. uses.Select(use => new TransportUse(use.Silo, use.Transport ?? ""))]
                        : null
                )),
            ]
        );

    internal static ClusterDocument Of(ClusterDescription cluster) =>
        new(
            cluster.Version,
            [
                .. cluster.Silos.Select(silo => new SiloDocument(
                    silo.Name,
                    silo.Status,
                    silo.Version,
                    silo.Address,
                    silo.Gateway,
                    [
                        .. silo.Trainers.Select(trainer => new SiloTrainerDocument(
                            trainer.Trainer,
                            trainer.Device,
                            trainer.Fingerprint,
                            trainer.RunId.Length > 0 ? trainer.RunId : null
                        )),
                    ],
                    silo.Transports is { } uses
                        ?
                        [
                            .. uses.Select(use => new SiloTransportDocument(
                                use.Silo,
                                use.Transport.Length > 0 ? use.Transport : null
                            )),
                        ]
                        : null
                )),
            ]
        );
}

/// <summary>One silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>active</c>, <c>draining</c>, <c>joining</c>, <c>shuttingdown</c> or <c>stopping</c>.</param>
/// <param name="Version">Its version; empty until it is known.</param>
/// <param name="Address">As the runtime writes it.</param>
/// <param name="Gateway">Address and port for clients; empty until it is known.</param>
/// <param name="Trainers">Its trainers.</param>
/// <param name="Transports">How its vectors get to every other silo; null where it did not say, as one of an older version.</param>
public sealed record SiloDocument(
    string Name,
    string Status,
    string Version,
    string Address,
    string Gateway,
    IReadOnlyList<SiloTrainerDocument> Trainers,
    IReadOnlyList<SiloTransportDocument>? Transports = null
);

/// <summary>One trainer of a silo.</summary>
/// <param name="Trainer">Its name.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Build">Library, device kind, processor features.</param>
/// <param name="Run">The run that has it; null when free.</param>
public sealed record SiloTrainerDocument(string Trainer, string Device, string Build, string? Run);

/// <summary>How a silo's vectors get to another one.</summary>
/// <param name="Silo">The other one's name.</param>
/// <param name="Transport"><c>memory</c>, read where they lie, <c>connection</c> or <c>calls</c>; null while nothing has been exchanged.</param>
public sealed record SiloTransportDocument(string Silo, string? Transport);

/// <summary>How far a silo's drain is.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Done">It may end.</param>
/// <param name="Busy">Trainers that still belong to a run.</param>
public sealed record DrainDocument(string Silo, bool Done, IReadOnlyList<string> Busy)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/cluster/v1";
}

/// <summary>A run that was told something.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Status">How it stands now.</param>
public sealed record AcceptedDocument(string Run, RunStatus Status)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/run/v1";
}
