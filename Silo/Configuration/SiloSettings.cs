using System.Net;
using MMOrleans.Api.Access;
using MMOrleans.Api.Sources;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Configuration;

/// <summary>Everything that a silo is composed from.</summary>
public sealed record SiloSettings
{
    /// <summary>Stable and unique; part of every trainer's name.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the cluster in Orleans' tables.</summary>
    public string ClusterId { get; init; } = "mmorleans";

    /// <summary>Address that others reach.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port for other silos.</summary>
    public required int SiloPort { get; init; }

    /// <summary>Port for clients.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>Where it listens for silos when something forwards <see cref="SiloPort"/>; null for that port itself.</summary>
    public int? SiloListenPort { get; init; }

    /// <summary>Where it listens for clients when something forwards <see cref="GatewayPort"/>; null for that port itself.</summary>
    public int? GatewayListenPort { get; init; }

    /// <summary>Port of the health endpoints, the web page and REST; null for none.</summary>
    public int? HealthPort { get; init; }

    /// <summary>Who is let in at the web page and REST.</summary>
    public AccessTokens Tokens { get; init; } = AccessTokens.None;

    /// <summary>What a proxy puts before every path of the web page and REST.</summary>
    public PathBase PathBase { get; init; } = PathBase.None;

    /// <summary>Where the web page links to for traces; null for no link.</summary>
    public TraceAddress? Traces { get; init; }

    /// <summary>Whether Orleans' own dashboard is served beside them.</summary>
    public bool HasDashboard { get; init; }

    /// <summary>Whether Kubernetes is asked which silos' pods are there.</summary>
    public bool AsksKubernetes { get; init; }

    /// <summary>Redis; null for silos of one machine without it.</summary>
    public RedisSettings? Redis { get; init; }

    /// <summary>Without Redis: the first silo, which keeps the membership; null for this one.</summary>
    public IPEndPoint? Primary { get; init; }

    /// <summary>Files of its certificate; null for connections that anybody on their way can read.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>Folder of the runs, one sub-folder each; the same for every silo.</summary>
    public required string RunsFolder { get; init; }

    /// <summary>Folder that holds data sets by their names; null for none.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Object store for checkpoints, as <c>s3://bucket/prefix</c>; null for the runs' folders only.</summary>
    public string? Checkpoints { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Trainers to offer; null for one a core or device.</summary>
    public int? Trainers { get; init; }

    /// <summary>Whether vectors are exchanged through memory with silos of the same machine.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>Whether vectors go to other silos over connections of their own; otherwise in calls.</summary>
    public bool HasVectorConnections { get; init; } = true;

    /// <summary>Port for those; null for any free one.</summary>
    public int? VectorPort { get; init; }

    /// <summary>How silos find out about each other's death; null for Orleans' own times.</summary>
    public MembershipTimes? Membership { get; init; }

    /// <summary>Time for handing over and closing.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where telemetry goes; null for nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Port of <c>/metrics</c>; null for none.</summary>
    public int? PrometheusPort { get; init; }

    /// <summary>Whether clients of this process's runs find it through a file in the run's folder.</summary>
    public bool IsOwnProcess { get; init; }
}
