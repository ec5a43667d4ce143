using MMOrleans.Silo.Storage;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using k8s;
using Microsoft.Extensions.Configuration;
using MMOrleans.Api;
using MMOrleans.Api.Access;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Silo.Configuration;

/// <summary>Turns what was said into settings; every fault is noted, none stops the reading.</summary>
internal sealed class SiloSettingsReader(IConfiguration configuration, List<Fault> problems)
{
    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;
    private static readonly TimeSpan DefaultShutdown = TimeSpan.FromSeconds(60);

    private readonly MembershipTimes _usual = new();

    /// <summary>The settings; only to be used when no problem was noted.</summary>
    public SiloSettings Read()
    {
        var redis = Redis();
        var address = Address(redis is not null);
        var siloListen = OptionalPort("Ports:SiloListen");
        var gatewayListen = OptionalPort("Ports:GatewayListen");
        var siloPort = Port("Ports:Silo", address, DefaultSiloPort, isForwarded: siloListen is not null);
        var gatewayPort = Port(
            "Ports:Gateway",
            address,
            DefaultGatewayPort,
            isForwarded: gatewayListen is not null
        );
        var healthPort = Listening("Ports:Health", address);
        var prometheusPort = Listening("Telemetry:PrometheusPort", address);
        RefuseTwice(
            ("Ports:Silo", siloPort),
            ("Ports:Gateway", gatewayPort),
            ("Ports:Health", healthPort),
            ("Telemetry:PrometheusPort", prometheusPort)
        );
        return new()
        {
            Name = Name(Dns.GetHostName(), siloPort),
            ClusterId = Word("Clustering:ClusterId") ?? "mmorleans",
            Address = address,
            SiloPort = siloPort,
            GatewayPort = gatewayPort,
            SiloListenPort = siloListen,
            GatewayListenPort = gatewayListen,
            HealthPort = healthPort,
            Tokens = Tokens(),
            PathBase = Before(),
            Traces = Traces(),
            HasDashboard = Dashboard(),
            AsksKubernetes = Kubernetes(redis is not null),
            Redis = redis,
            Primary = Primary(redis is not null),
            Tls = Tls(address),
            RunsFolder = Folder("Storage:Runs", "runs")!,
            DataFolder = Data(),
            Checkpoints = Checkpoints(),
            Device = Choice("Devices:Kind", ["auto", "cpu", "cuda"], "auto"),
            Trainers = Text("Devices:Trainers") is null ? null : Whole("Devices:Trainers", 0, 256, 0),
            Membership = new()
            {
                ProbeTimeout = Span("Membership:ProbeTimeout", _usual.ProbeTimeout),
                MaxProbeTimeout = Span("Membership:MaxProbeTimeout", _usual.MaxProbeTimeout),
                MissedProbes = Whole("Membership:MissedProbes", 1, 100, _usual.MissedProbes),
                TableRefresh = Span("Membership:TableRefresh", _usual.TableRefresh),
                AliveInterval = Span("Membership:AliveInterval", _usual.AliveInterval),
            },
            ShutdownTimeout = Span("Shutdown:Timeout", DefaultShutdown),
            OtlpEndpoint = Endpoint(),
            PrometheusPort = prometheusPort,
        };
    }

    /// <summary>Where the silo of these settings listens for its own machine, and how long it may take to hand over.</summary>
    /// <remarks>Without what would be looked up or tried out for a silo that is to start: this one runs.</remarks>
    public (IPEndPoint? Address, TimeSpan Patience) ReadDrain()
    {
        var patience = Span("Shutdown:Timeout", DefaultShutdown) / 2;
        if (OptionalPort("Ports:Health") is { } port)
            return (
                new(
                    IPAddress.TryParse(Text("Address"), out var address) && IPAddress.IsLoopback(address)
                        ? address
                        : IPAddress.Loopback,
                    port
                ),
                patience
            );
        Add(
            "MM1005",
            "Ports:Health (--health-port) is not given, and a silo is asked to drain there",
            "--health-port 8080, as the silo has it"
        );
        return (null, patience);
    }

    private RedisSettings? Redis()
    {
        RedisSettings? redis;
        try
        {
            redis = RedisSource.Read(Text);
        }
        catch (FaultException fault)
        {
            problems.AddRange(fault.Faults);
            return null;
        }

        var kind = Choice("Clustering:Kind", ["localhost", "redis"], redis is null ? "localhost" : "redis");
        if (kind == "redis" && redis is null)
            Add(
                "MM1005",
                "Clustering:Kind (--clustering) is redis and there is no address of Redis",
                "--redis redis:6379"
            );
        if (kind == "localhost" && redis is not null)
            Add(
                "MM1005",
                $"Clustering:Kind (--clustering) localhost contradicts Clustering:Redis (--redis) {redis}",
                "leave one of the two out"
            );
        return kind == "redis" ? redis : null;
    }

    private bool Dashboard()
    {
        if (Choice("Api:Dashboard", ["true", "false"], "false") == "false")
            return false;
        if (Text("Ports:Health") is null)
            Add(
                "MM1005",
                "Api:Dashboard (--dashboard) is true and there is no Ports:Health (--health-port) to serve it at",
                "--health-port 8080"
            );
        return true;
    }

    private bool Kubernetes(bool inCluster)
    {
        if (Choice("Clustering:Kubernetes", ["true", "false"], "false") == "false")
            return false;
        if (!inCluster)
            Add(
                "MM1005",
                "Clustering:Kubernetes (--kubernetes) is true and there is no address of Redis: Kubernetes tells which pods are gone, not who is a member",
                "--redis redis:6379, or leave out --kubernetes"
            );
        if (!KubernetesClientConfiguration.IsInCluster())
            Add(
                "MM1005",
                "Clustering:Kubernetes (--kubernetes) is true and this is no pod with a token of its service account: Kubernetes could not be asked who is gone",
                "leave out --kubernetes, or run it as k8s/components/kubernetes-hosting does"
            );
        return true;
    }

    private AccessTokens Tokens()
    {
        if (Text("Api:TokenFile") is not { } file)
            return AccessTokens.None;
        try
        {
            return AccessTokens.Parse(File.ReadAllText(file), file);
        }
        catch (FaultException fault)
        {
            problems.AddRange(fault.Faults);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Add("MM1004", $"Api:TokenFile {file} cannot be read: {fault.Message}", "give a readable file");
        }

        return AccessTokens.None;
    }

    private PathBase Before()
    {
        if (Text("Api:PathBase") is not { } text)
            return PathBase.None;
        if (PathBase.Read(text) is { } before)
            return before;
        Add("MM1002", $"{Shown("Api:PathBase")} wants a path, got '{text}'", Example("Api:PathBase"));
        return PathBase.None;
    }

    private TraceAddress? Traces()
    {
        if (Text("Api:Traces") is not { } text)
            return null;
        var address = TraceAddress.Read(text);
        if (address is null)
            Add(
                "MM1002",
                $"{Shown("Api:Traces")} wants an http address with {{run}} in it, got '{text}'",
                Example("Api:Traces")
            );
        return address;
    }

    private IPAddress Address(bool inCluster)
    {
        if (Text("Address") is not { } text)
            return inCluster ? FirstOfThisMachine() : IPAddress.Loopback;
        if (IPAddress.TryParse(text, out var address))
        {
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                Add(
                    "MM1004",
                    $"Address (--address) {address} is every address and none that others could reach; a silo listens at every address whenever its own is not loopback",
                    "--address 10.0.0.7, one of: hostname -I"
                );
            return address;
        }

        try
        {
            // The older family first where a name has both, as clients look it up.
            if (
                Dns.GetHostAddresses(text)
                    .OrderBy(one => one.AddressFamily == AddressFamily.InterNetworkV6)
                    .FirstOrDefault() is
                { } first
            )
                return first;
        }
        catch (SocketException)
        {
            // Told below: the name means nothing here.
        }

        Add(
            "MM1004",
            $"Address (--address) must be an address or a name that resolves, got '{text}'",
            "--address 10.0.0.7"
        );
        return IPAddress.Loopback;
    }

    private static IPAddress FirstOfThisMachine() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)
            .FirstOrDefault()
        ?? IPAddress.Loopback;

    private int Port(string path, IPAddress address, int usual, bool isForwarded)
    {
        // A port that is forwarded belongs to whoever forwards it.
        if (isForwarded)
            return Whole(path, 1, 65535, usual);
        if (Text(path) is null)
            return FreePorts.IsFree(address, usual) ? usual : FreePorts.Next(address);
        var port = Whole(path, 0, 65535, usual);
        if (port == 0)
            return FreePorts.Next(address);
        RefuseTaken(path, address, port);
        return port;
    }

    private int? Listening(string path, IPAddress address)
    {
        var port = OptionalPort(path);
        if (port > 0)
            RefuseTaken(path, address, port.Value);
        return port;
    }

    private void RefuseTaken(string path, IPAddress address, int port)
    {
        if (!FreePorts.IsFree(address, port))
            Add(
                "MM1004",
                $"{Shown(path)} {port} is taken on {address}{(PortOwner.Of(port) is { } owner ? $" by {owner}" : "")}",
                "choose another, or 0 for a free one"
            );
    }

    private void RefuseTwice(params (string Path, int? Port)[] ports)
    {
        foreach (
            var same in ports
                .Where(one => one.Port > 0)
                .GroupBy(one => one.Port)
                .Where(group => group.Count() > 1)
        )
            Add(
                "MM1005",
                $"{string.Join(" and ", same.Select(one => Shown(one.Path)))} are both {same.Key}",
                "give each a port of its own, or 0 for a free one"
            );
    }

    private int? OptionalPort(string path) => Text(path) is null ? null : Whole(path, 0, 65535, 0);

    private IPEndPoint? Primary(bool inCluster)
    {
        if (Text("Clustering:Primary") is not { } text)
            return null;
        if (inCluster)
            Add(
                "MM1005",
                "Clustering:Primary (--primary) is for silos of one machine; Redis has no first silo",
                "leave out --primary"
            );
        if (IPEndPoint.TryParse(text, out var primary) && primary.Port > 0)
            return primary;
        Add(
            "MM1002",
            $"Clustering:Primary (--primary) wants ADDRESS:PORT, got '{text}'",
            "--primary 127.0.0.1:11111"
        );
        return null;
    }

    private TlsFiles? Tls(IPAddress address)
    {
        string[] paths = ["Security:Certificate", "Security:Key", "Security:Authority"];
        var files = paths.Select(Text).ToList();
        var isPlain = Choice("Security:AllowPlaintext", ["true", "false"], "false") == "true";
        if (files is [{ } certificate, { } key, { } authority])
        {
            if (isPlain)
                Add(
                    "MM1005",
                    "Security:AllowPlaintext (--insecure) true contradicts Security:Certificate (--tls-cert): what was meant to be refused would be let in",
                    "leave out --insecure"
                );
            return new(Path.GetFullPath(certificate), Path.GetFullPath(key), Path.GetFullPath(authority));
        }

        if (files.Any(file => file is not null))
            Add(
                "MM1005",
                $"{Shown(paths[files.IndexOf(null)])} is missing: a certificate, its key and the authority go together",
                "--tls-cert tls.crt --tls-key tls.key --tls-ca ca.crt"
            );
        else if (!isPlain && !IPAddress.IsLoopback(address))
            Add(
                "MM1005",
                $"Address (--address) {address} lets other machines in, and there is no certificate: whoever reaches the ports could read and change every run",
                "--tls-cert tls.crt --tls-key tls.key --tls-ca ca.crt, or --insecure true where a network policy or firewall lets in nobody else"
            );
        return null;
    }

    private string Name(string host, int port)
    {
        // The host's name was not typed by the user: characters that a silo's name cannot have are left out, not refused.
        var name = Text("Name") ?? OfHost(host, port);
        if (!LogFile.TakesSilo(name))
            Add(
                "MM1004",
                $"Name (--name) must begin with a letter or digit and have letters, digits, '-', '.' and '_' only, {LogFile.LongestSilo} at most, since it names files; got '{name}'",
                "--name silo-0"
            );
        return name;
    }

    internal static string OfHost(string host, int port)
    {
        var letters = host.ToLowerInvariant()
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '-')
            .SkipWhile(c => !char.IsAsciiLetterOrDigit(c))
            .Take(LogFile.LongestSilo - "-65535".Length);
        var name = string.Concat(letters);
        return $"{(name.Length > 0 ? name : "silo")}-{port}";
    }

    private string? Word(string path)
    {
        if (Text(path) is not { } word)
            return null;
        if (!word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            Add(
                "MM1004",
                $"{Shown(path)} must have letters, digits, '-' and '_' only, got '{word}'",
                $"{Example(path)}"
            );
        return word;
    }

    private string? Folder(string path, string? usual) =>
        (Text(path) ?? usual) is { } folder ? Path.GetFullPath(folder) : null;

    private string? Data()
    {
        var folder = Folder("Storage:Data", null);
        if (folder is not null && !Directory.Exists(folder))
            Add(
                "MM1004",
                $"Storage:Data (--data) {folder} is no folder",
                "give the folder that holds cifar10, cifar100 and so on"
            );
        return folder;
    }

    private string? Checkpoints()
    {
        if (Text("Storage:Checkpoints") is not { } text)
            return null;
        try
        {
            return ObjectStoreAddress.Parse("Storage:Checkpoints (--checkpoints)", text).ToString();
        }
        catch (FaultException fault)
        {
            problems.AddRange(fault.Faults);
            return null;
        }
    }

    private Uri? Endpoint()
    {
        if (Text("Telemetry:OtlpEndpoint") is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            return uri;
        Add(
            "MM1002",
            $"Telemetry:OtlpEndpoint (--otlp-endpoint) wants an http address, got '{text}'",
            "--otlp-endpoint http://collector:4317"
        );
        return null;
    }

    private int Whole(string path, int least, int most, int usual)
    {
        if (Text(path) is not { } text)
            return usual;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            Add("MM1002", $"{Shown(path)} wants a whole number, got '{text}'", Example(path));
        else if (number < least || number > most)
            Add("MM1004", $"{Shown(path)} must be {least} to {most}, got {number}", Example(path));
        else
            return number;
        return usual;
    }

    private TimeSpan Span(string path, TimeSpan usual)
    {
        if (Text(path) is not { } text)
            return usual;
        var number = text.TrimEnd('m', 's');
        TimeSpan? span = !double.TryParse(
            number,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var count
        )
            ? null
            : text[number.Length..] switch
            {
                "ms" => TimeSpan.FromMilliseconds(count),
                "s" => TimeSpan.FromSeconds(count),
                "m" => TimeSpan.FromMinutes(count),
                _ => null,
            };
        if (span is null)
            Add(
                "MM1002",
                $"{Shown(path)} wants a duration such as 500ms, 5s or 2m, got '{text}'",
                Example(path)
            );
        else if (span < TimeSpan.FromMilliseconds(50) || span > TimeSpan.FromHours(1))
            Add("MM1004", $"{Shown(path)} must be 50ms to 60m, got {text}", Example(path));
        else
            return span.Value;
        return usual;
    }

    private string Choice(string path, string[] words, string usual)
    {
        var word = Text(path) ?? usual;
        if (words.Contains(word))
            return word;
        Add(
            "MM1004",
            $"{Shown(path)} must be {string.Join(", ", words[..^1])} or {words[^1]}, got '{word}'",
            Example(path)
        );
        return usual;
    }

    private string? Text(string path) => configuration[path] is { Length: > 0 } text ? text : null;

    private static string Shown(string path) => SiloKey.Find(path)!.Shown;

    private static string Example(string path)
    {
        var key = SiloKey.Find(path)!;
        return $"{key.Flag ?? "--" + key.Path} {key.Example}";
    }

    private void Add(string code, string message, string fix) => problems.Add(new(code, message, fix));
}
