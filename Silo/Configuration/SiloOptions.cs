using System.Linq.Expressions;
using System.Net;
using MMOrleans.Api.Access;
using MMOrleans.Api.Sources;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Values;
using MMOrleans.Grains;

namespace MMOrleans.Silo.Configuration;

/// <summary>Every option of a silo: a property of <see cref="SiloSettings"/>, and a line here.</summary>
internal static class SiloOptions
{
    /// <summary>The settings of a silo that nothing was said to.</summary>
    public static SiloSettings Usual { get; } =
        new()
        {
            Name = "",
            SiloPort = 11111,
            GatewayPort = 30000,
            RunsFolder = "runs",
            Membership = new(),
        };

    /// <summary>In the order in which the help lists them.</summary>
    public static IReadOnlyList<SiloOption> All { get; } =
    [
        Raw(
            "Name",
            "--name",
            Text("a name", "silo-0"),
            "stable and unique in the cluster; host name and silo port"
        ),
        Raw(
            "Address",
            "--address",
            Text("an address or a name", "10.0.0.7"),
            "address that other silos and clients reach; loopback on one machine"
        ),
        Of(
            s => s.SiloPort,
            "Ports:Silo",
            "--port",
            Port("11111"),
            "for other silos; {usual}, or a free one when that is taken"
        ),
        Of(
            s => s.GatewayPort,
            "Ports:Gateway",
            "--gateway-port",
            Port("30000"),
            "for clients; {usual}, or a free one when that is taken"
        ),
        Of(
            s => s.SiloListenPort,
            "Ports:SiloListen",
            "--listen-port",
            Port("11111"),
            "where it listens for silos when something forwards the silo port; the silo port"
        ),
        Of(
            s => s.GatewayListenPort,
            "Ports:GatewayListen",
            "--gateway-listen-port",
            Port("30000"),
            "where it listens for clients when something forwards the gateway port; the gateway port"
        ),
        Of(
            s => s.VectorPort,
            "Ports:Vectors",
            "--vector-port",
            Port("11112"),
            "where other silos connect to send vectors; any free one"
        ),
        Of(
            s => s.HealthPort,
            "Ports:Health",
            "--health-port",
            Port("8080"),
            "for /healthz, the web page and REST; none"
        ),
        Raw(
            "Api:TokenFile",
            "--token-file",
            Text("a file", "/run/secrets/tokens"),
            "file with a role (viewer, operator) and a token a line; none: only this machine is served"
        ),
        Of(
            s => s.PathBase,
            "Api:PathBase",
            "--path-base",
            new ParsedValue<PathBase>("a path", "/mm", PathBase.Read),
            "path below which a proxy serves the web page and REST, as https://host/mm; none"
        ),
        Of(
            s => s.Traces,
            "Api:Traces",
            "--traces-at",
            new ParsedValue<TraceAddress>(
                "an http address with {run} in it",
                "https://grafana/explore?run={run}&from={from}&to={to}",
                TraceAddress.Read
            ),
            "where the web page links to for a run's traces; {from} and {to} are milliseconds; no link"
        ),
        Of(
            s => s.HasDashboard,
            "Api:Dashboard",
            "--dashboard",
            new BooleanValue(),
            "true: Orleans' dashboard at /orleans of the health port, for operators; {usual}, since it looks at every call"
        ),
        Raw(
            "Clustering:Kind",
            "--clustering",
            new ChoiceValue("localhost", "redis") { Example = "redis" },
            "localhost or redis; redis when it has an address"
        ),
        Raw(
            "Clustering:Redis",
            "--redis",
            Text("an address", "redis:6379"),
            "address of Redis, without a password; rediss://redis:6380 with TLS"
        ),
        Raw(
            "Clustering:RedisUser",
            "--redis-user",
            Text("a user", "mmorleans"),
            "user of its access control list; its default user"
        ),
        Raw(
            "Clustering:RedisPasswordFile",
            "--redis-password-file",
            Text("a file", "/run/secrets/redis"),
            "file that holds its password and nothing else; none"
        ),
        Of(
            s => s.Primary,
            "Clustering:Primary",
            "--primary",
            new ParsedValue<IPEndPoint>("ADDRESS:PORT", "127.0.0.1:11111", EndPoint),
            "localhost only: silo address of the first silo; itself"
        ),
        Of(
            s => s.ClusterId,
            "Clustering:ClusterId",
            "--cluster-id",
            new TextValue("letters, digits, '-' and '_' only", "mmorleans", @"^[A-Za-z0-9_-]+\z"),
            "name of the cluster; {usual}"
        ),
        Of(
            s => s.AsksKubernetes,
            "Clustering:Kubernetes",
            "--kubernetes",
            new BooleanValue(),
            "true: a silo whose pod is deleted is declared dead, as the Kubernetes API tells it; needs Redis and a role. {usual}"
        ),
        Raw(
            "Security:Certificate",
            "--tls-cert",
            Text("a file", "/run/tls/tls.crt"),
            "PEM file of its certificate, with the DNS name mm-silo; none. Read again when it changes"
        ),
        Raw(
            "Security:Key",
            "--tls-key",
            Text("a file", "/run/tls/tls.key"),
            "PEM file of the certificate's key; none"
        ),
        Raw(
            "Security:Authority",
            "--tls-ca",
            Text("a file", "/run/tls/ca.crt"),
            "PEM file of the authority whose certificates are let in, and no others; none"
        ),
        Raw(
            "Security:AllowPlaintext",
            "--insecure",
            new BooleanValue(),
            "true: listen beyond this machine without certificates; false"
        ),
        Of(
            s => s.RunsFolder,
            "Storage:Runs",
            "--runs",
            Text("a folder", "/runs"),
            "folder of the runs, the same for every silo; ./{usual}"
        ),
        Of(
            s => s.DataFolder,
            "Storage:Data",
            "--data",
            Text("a folder", "/data"),
            "folder that holds data sets by their names; none"
        ),
        Raw(
            "Storage:Checkpoints",
            "--checkpoints",
            Text("an object store", "s3://my-bucket/runs"),
            "object store that keeps the runs' checkpoints too, and the only one that runs may name; none"
        ),
        Of(
            s => s.Device,
            "Devices:Kind",
            "--device",
            new ChoiceValue("auto", "cpu", "cuda") { Example = "cpu" },
            "auto, cpu or cuda; {usual}"
        ),
        Of(
            s => s.Trainers,
            "Devices:Trainers",
            "--trainers",
            new IntegerValue(0, 256) { Example = "2" },
            "trainers to offer; one a core or device"
        ),
        Of(
            s => s.SharesMemory,
            "Devices:SharedMemory",
            "--shared-memory",
            new BooleanValue(),
            "whether silos of one machine read each other's vectors from memory; {usual}"
        ),
        Of(
            s => s.HasVectorConnections,
            "Devices:VectorConnections",
            "--vector-connections",
            new BooleanValue(),
            "whether vectors go to silos of other machines over connections of their own, beside the calls; {usual}"
        ),
        Of(
            s => s.Membership!.ProbeTimeout,
            "Membership:ProbeTimeout",
            null,
            Duration("1s"),
            "an unanswered probe is missed after this; {usual}"
        ),
        Of(
            s => s.Membership!.MaxProbeTimeout,
            "Membership:MaxProbeTimeout",
            null,
            Duration("2s"),
            "its upper limit when it adapts; {usual}"
        ),
        Of(
            s => s.Membership!.MissedProbes,
            "Membership:MissedProbes",
            null,
            new IntegerValue(1, 100) { Example = "3" },
            "missed probes that make a suspect; {usual}"
        ),
        Of(
            s => s.Membership!.TableRefresh,
            "Membership:TableRefresh",
            null,
            Duration("5s"),
            "how often the table is read without cause; {usual}"
        ),
        Of(
            s => s.Membership!.AliveInterval,
            "Membership:AliveInterval",
            null,
            Duration("5s"),
            "how often a silo writes that it lives; {usual}"
        ),
        OfGrains("Liveness:Beat", "500ms", "how often a trainer sends a heartbeat; {usual}"),
        OfGrains(
            "Liveness:Patience",
            "5s",
            "missing heartbeats after which a trainer is lost, three heartbeats or more; {usual}"
        ),
        OfGrains(
            "Liveness:Poll",
            "1s",
            "how long a segment holds a call before it answers 'ask again', 10 s at most; {usual}"
        ),
        OfGrains(
            "Liveness:Stuck",
            "3s",
            "silence of a grain on a live silo before its work moves, more than two polls; {usual}"
        ),
        OfGrains(
            "Liveness:Idle",
            "30s",
            "a trainer that reaches neither coordinator nor segments stops computing after this; {usual}"
        ),
        OfGrains(
            "Liveness:Balance",
            "10s",
            "how long faster trainers must be the better place for slots before they move; {usual}"
        ),
        OfGrains(
            "Liveness:Regroup",
            "1m",
            "how long a run with too few trainers waits for others before it fails; {usual}"
        ),
        OfGrains(
            "Liveness:Quarantine",
            "30s",
            "first quarantine of a trainer that was lost repeatedly; it doubles each time; {usual}"
        ),
        OfGrains("Liveness:LongestQuarantine", "10m", "longest quarantine; {usual}"),
        Of(
            s => s.ShutdownTimeout,
            "Shutdown:Timeout",
            "--shutdown-timeout",
            Duration("60s"),
            "time for handing over and closing at SIGTERM; {usual}"
        ),
        Of(
            s => s.OtlpEndpoint,
            "Telemetry:OtlpEndpoint",
            "--otlp-endpoint",
            new ParsedValue<Uri>("an http address", "http://collector:4317", Http),
            "where telemetry goes; nowhere. OTEL_EXPORTER_OTLP_ENDPOINT wins over the file"
        ),
        Of(
            s => s.PrometheusPort,
            "Telemetry:PrometheusPort",
            "--metrics-port",
            Port("9464"),
            "for /metrics; none. Also OTEL_EXPORTER_PROMETHEUS_PORT"
        ),
    ];

    /// <summary>The option of a key; null for none.</summary>
    public static SiloOption? Find(string path) =>
        All.FirstOrDefault(option => option.Path.Equals(path, StringComparison.OrdinalIgnoreCase));

    /// <summary>The option of a flag; null for none.</summary>
    public static SiloOption? ByFlag(string flag) => All.FirstOrDefault(option => option.Flag == flag);

    // Becomes a member of the settings as it is.
    private static SiloOption Of<T>(
        Expression<Func<SiloSettings, T>> member,
        string path,
        string? flag,
        SettingValue value,
        string doc
    ) => new(path, flag, value, doc) { Member = Lens.Of(member), Usual = member.Compile()(Usual) };

    // Becomes one together with other options, or with what a file or the machine says.
    private static SiloOption Raw(string path, string flag, SettingValue value, string doc) =>
        new(path, flag, value, doc);

    // Grains bind it from the configuration, and judge how these go together.
    private static SiloOption OfGrains(string path, string example, string doc) =>
        new(path, null, new DurationValue { Min = TimeSpan.Zero, Example = example }, doc)
        {
            Usual = GrainsHosting.Keys[path],
        };

    private static TextValue Text(string wants, string example) => new(wants, example);

    private static IntegerValue Port(string example) => new(0, 65535) { Example = example };

    private static DurationValue Duration(string example) =>
        new()
        {
            Min = TimeSpan.FromMilliseconds(50),
            Max = TimeSpan.FromHours(1),
            Example = example,
        };

    private static IPEndPoint? EndPoint(string text) =>
        IPEndPoint.TryParse(text, out var address) && address.Port > 0 ? address : null;

    private static Uri? Http(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
}
