namespace MMOrleans.Silo.Configuration;

/// <summary>One setting of a silo: its key in JSON and in the environment, and its flag.</summary>
/// <param name="Path">Such as <c>Ports:Silo</c>; <c>MM_SILO__PORTS__SILO</c> in the environment.</param>
/// <param name="Flag">Such as <c>--port</c>; null when only files and environment have it.</param>
/// <param name="Example">A value as it would be typed.</param>
/// <param name="Doc">What it is and its default.</param>
internal sealed record SiloKey(string Path, string? Flag, string Example, string Doc)
{
    /// <summary>The key as messages name it.</summary>
    public string Shown => Flag is null ? Path : $"{Path} ({Flag})";

    /// <summary>Every setting, in the order in which the help lists them.</summary>
    public static IReadOnlyList<SiloKey> All { get; } =
    [
        new("Name", "--name", "silo-0", "stable and unique in the cluster; host name and silo port"),
        new(
            "Address",
            "--address",
            "10.0.0.7",
            "address that other silos and clients reach; loopback on one machine"
        ),
        new("Ports:Silo", "--port", "11111", "for other silos; 11111, or a free one when that is taken"),
        new(
            "Ports:Gateway",
            "--gateway-port",
            "30000",
            "for clients; 30000, or a free one when that is taken"
        ),
        new(
            "Ports:SiloListen",
            "--listen-port",
            "11111",
            "where it listens for silos when something forwards the silo port; the silo port"
        ),
        new(
            "Ports:GatewayListen",
            "--gateway-listen-port",
            "30000",
            "where it listens for clients when something forwards the gateway port; the gateway port"
        ),
        new("Ports:Health", "--health-port", "8080", "for /healthz, the web page and REST; none"),
        new(
            "Api:TokenFile",
            "--token-file",
            "/run/secrets/tokens",
            "file with a role (viewer, operator) and a token a line; none: only this machine is served"
        ),
        new(
            "Api:PathBase",
            "--path-base",
            "/mm",
            "path below which a proxy serves the web page and REST, as https://host/mm; none"
        ),
        new(
            "Api:Traces",
            "--traces-at",
            "https://grafana/explore?run={run}&from={from}&to={to}",
            "where the web page sends whoever wants to see a run's traces; {from} and {to} are milliseconds; nowhere"
        ),
        new(
            "Api:Dashboard",
            "--dashboard",
            "true",
            "true: Orleans' dashboard at /orleans of the health port, for operators; false, since it looks at every call"
        ),
        new("Clustering:Kind", "--clustering", "redis", "localhost or redis; redis when it has an address"),
        new(
            "Clustering:Redis",
            "--redis",
            "redis:6379",
            "address of Redis, without a password; rediss://redis:6380 with TLS"
        ),
        new(
            "Clustering:RedisUser",
            "--redis-user",
            "mmorleans",
            "user of its access control list; its default user"
        ),
        new(
            "Clustering:RedisPasswordFile",
            "--redis-password-file",
            "/run/secrets/redis",
            "file that holds its password and nothing else; none"
        ),
        new(
            "Clustering:Primary",
            "--primary",
            "127.0.0.1:11111",
            "localhost only: silo address of the first silo; itself"
        ),
        new("Clustering:ClusterId", "--cluster-id", "mmorleans", "name of the cluster; mmorleans"),
        new(
            "Clustering:Kubernetes",
            "--kubernetes",
            "true",
            "true: a silo whose pod is deleted is declared dead, as the Kubernetes API tells it; needs Redis and a role. false"
        ),
        new(
            "Security:Certificate",
            "--tls-cert",
            "/run/tls/tls.crt",
            "PEM file of its certificate, with the DNS name mm-silo; none. Read again when it changes"
        ),
        new("Security:Key", "--tls-key", "/run/tls/tls.key", "PEM file of the certificate's key; none"),
        new(
            "Security:Authority",
            "--tls-ca",
            "/run/tls/ca.crt",
            "PEM file of the authority whose certificates are let in, and no others; none"
        ),
        new(
            "Security:AllowPlaintext",
            "--insecure",
            "true",
            "true: listen beyond this machine without certificates; false"
        ),
        new("Storage:Runs", "--runs", "/runs", "folder of the runs, the same for every silo; ./runs"),
        new("Storage:Data", "--data", "/data", "folder that holds data sets by their names; none"),
        new(
            "Storage:Checkpoints",
            "--checkpoints",
            "s3://my-bucket/runs",
            "object store that keeps the runs' checkpoints too, and the only one that runs may name; none"
        ),
        new("Devices:Kind", "--device", "cpu", "auto, cpu or cuda; auto"),
        new("Devices:Trainers", "--trainers", "2", "trainers to offer; one a core or device"),
        new("Membership:ProbeTimeout", null, "1s", "an unanswered probe is missed after this; 1s"),
        new("Membership:MaxProbeTimeout", null, "2s", "its upper limit when it adapts; 2s"),
        new("Membership:MissedProbes", null, "3", "missed probes that make a suspect; 3"),
        new("Membership:TableRefresh", null, "5s", "how often the table is read without cause; 5s"),
        new("Membership:AliveInterval", null, "5s", "how often a silo writes that it lives; 5s"),
        new("Liveness:Beat", null, "00:00:00.5", "how often a trainer sends a heartbeat; 0.5 s"),
        new(
            "Liveness:Patience",
            null,
            "00:00:05",
            "missing heartbeats after which a trainer is lost, three heartbeats or more; 5 s"
        ),
        new(
            "Liveness:Poll",
            null,
            "00:00:01",
            "how long a segment holds a call before it answers 'ask again', 10 s at most; 1 s"
        ),
        new(
            "Liveness:Stuck",
            null,
            "00:00:03",
            "silence of a grain on a live silo before its work moves, more than two polls; 3 s"
        ),
        new(
            "Liveness:Idle",
            null,
            "00:00:30",
            "a trainer that reaches neither coordinator nor segments stops computing after this; 30 s"
        ),
        new(
            "Liveness:Balance",
            null,
            "00:00:10",
            "how long faster trainers must be the better place for slots before they move; 10 s"
        ),
        new(
            "Liveness:Regroup",
            null,
            "00:01:00",
            "how long a run with too few trainers waits for others before it fails; 60 s"
        ),
        new(
            "Liveness:Quarantine",
            null,
            "00:00:30",
            "first quarantine of a trainer that was lost repeatedly; it doubles each time; 30 s"
        ),
        new("Liveness:LongestQuarantine", null, "00:10:00", "longest quarantine; 10 min"),
        new(
            "Shutdown:Timeout",
            "--shutdown-timeout",
            "60s",
            "time for handing over and closing at SIGTERM; 60s"
        ),
        new(
            "Telemetry:OtlpEndpoint",
            "--otlp-endpoint",
            "http://collector:4317",
            "where telemetry goes; nowhere. OTEL_EXPORTER_OTLP_ENDPOINT wins over the file"
        ),
        new(
            "Telemetry:PrometheusPort",
            "--metrics-port",
            "9464",
            "for /metrics; none. Also OTEL_EXPORTER_PROMETHEUS_PORT"
        ),
    ];

    public static SiloKey? Find(string path) =>
        All.FirstOrDefault(key => key.Path.Equals(path, StringComparison.OrdinalIgnoreCase));

    public static SiloKey? ByFlag(string flag) => All.FirstOrDefault(key => key.Flag == flag);
}
