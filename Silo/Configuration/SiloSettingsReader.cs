using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using k8s;
using Microsoft.Extensions.Configuration;
using MMOrleans.Api.Access;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Values;
using MMOrleans.Grains;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.ObjectStores;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Configuration;

/// <summary>Turns what was said into settings; every fault is noted, none stops the reading.</summary>
internal sealed class SiloSettingsReader(IConfiguration configuration, List<Fault> problems)
{
    // By path, what was said and understood.
    private readonly Dictionary<string, object?> _values = [];

    /// <summary>The settings; only to be used when no problem was noted.</summary>
    public SiloSettings Read()
    {
        var said = Fold(SiloOptions.All);
        var redis = Redis();
        var address = Address(redis is not null);
        var siloPort = Port("Ports:Silo", address, said.SiloPort, said.SiloListenPort is not null);
        var gatewayPort = Port(
            "Ports:Gateway",
            address,
            said.GatewayPort,
            said.GatewayListenPort is not null
        );
        RefuseTaken("Ports:Vectors", address, said.VectorPort);
        RefuseTaken("Ports:Health", address, said.HealthPort);
        RefuseTaken("Telemetry:PrometheusPort", address, said.PrometheusPort);
        RefuseTwice(
            ("Ports:Silo", siloPort),
            ("Ports:Gateway", gatewayPort),
            ("Ports:Vectors", said.VectorPort),
            ("Ports:Health", said.HealthPort),
            ("Telemetry:PrometheusPort", said.PrometheusPort)
        );
        CheckDashboard(said);
        CheckKubernetes(said, redis is not null);
        CheckPrimary(redis is not null);
        return said with
        {
            Name = Name(Dns.GetHostName(), siloPort),
            Address = address,
            SiloPort = siloPort,
            GatewayPort = gatewayPort,
            Tokens = Tokens(),
            Redis = redis,
            Tls = Tls(address),
            RunsFolder = Path.GetFullPath(said.RunsFolder),
            DataFolder = Data(said.DataFolder),
            Checkpoints = Checkpoints(),
        };
    }

    /// <summary>Where the silo of these settings listens for its own machine, and how long it may take to hand over.</summary>
    /// <remarks>Without what would be looked up or tried out for a silo that is to start: this one runs.</remarks>
    public (IPEndPoint? Address, TimeSpan Patience) ReadDrain()
    {
        var said = Fold([Option("Shutdown:Timeout"), Option("Ports:Health")]);
        if (Text("Ports:Health") is null)
            Add(
                "MM1005",
                "Ports:Health (--health-port) is not given, and a silo is asked to drain there",
                "--health-port 8080, as the silo has it"
            );
        var address =
            IPAddress.TryParse(Text("Address"), out var own) && IPAddress.IsLoopback(own)
                ? own
                : IPAddress.Loopback;
        return (said.HealthPort is { } port ? new IPEndPoint(address, port) : null, said.ShutdownTimeout / 2);
    }

    // What was said, each option by itself; what is refused stays as usual.
    private SiloSettings Fold(IEnumerable<SiloOption> options)
    {
        var settings = SiloOptions.Usual;
        foreach (var option in options)
        {
            if (Text(option.Path) is not { } text)
                continue;
            var refusal = option.Value.ReadText(text, out var value);
            if (refusal is not null)
                Refuse(option, refusal);
            else
                _values[option.Path] = value;
            if (refusal is null && option.Member is { } member)
                settings = member.Set(settings, Key.Converted(value, member.Member.PropertyType));
            // Grains bind their own, and understand no other form.
            if (GrainsHosting.Keys.TryGetValue(option.Path, out var usual))
                configuration[option.Path] = $"{(refusal is null ? value : usual):c}";
        }

        return settings;
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

        var kind = _values.GetValueOrDefault("Clustering:Kind") ?? (redis is null ? "localhost" : "redis");
        if (kind is "redis" && redis is null)
            Add(
                "MM1005",
                "Clustering:Kind (--clustering) is redis and there is no address of Redis",
                "--redis redis:6379"
            );
        if (kind is "localhost" && redis is not null)
            Add(
                "MM1005",
                $"Clustering:Kind (--clustering) localhost contradicts Clustering:Redis (--redis) {redis}",
                "leave one of the two out"
            );
        return kind is "redis" ? redis : null;
    }

    private void CheckDashboard(SiloSettings said)
    {
        if (said.HasDashboard && Text("Ports:Health") is null)
            Add(
                "MM1005",
                "Api:Dashboard (--dashboard) is true and there is no Ports:Health (--health-port) to serve it at",
                "--health-port 8080"
            );
    }

    private void CheckKubernetes(SiloSettings said, bool inCluster)
    {
        if (!said.AsksKubernetes)
            return;
        if (!inCluster)
            Add(
                "MM1005",
                "Clustering:Kubernetes (--kubernetes) is true and there is no address of Redis: Kubernetes tells which pods are gone, not who is a member",
                "--redis redis:6379, or leave out --kubernetes"
            );
        if (!KubernetesClientConfiguration.IsInCluster())
            Add(
                "MM1005",
                "Clustering:Kubernetes (--kubernetes) is true and this is not a pod with a token of its service account: Kubernetes could not be asked who is gone",
                "leave out --kubernetes, or run it as k8s/components/kubernetes-hosting does"
            );
    }

    private void CheckPrimary(bool inCluster)
    {
        if (inCluster && Text("Clustering:Primary") is not null)
            Add(
                "MM1005",
                "Clustering:Primary (--primary) is for silos of one machine; Redis has no first silo",
                "leave out --primary"
            );
    }

    private AccessTokens Tokens()
    {
        if (Text("Api:TokenFile") is not { } file)
            return AccessTokens.None;
        try
        {
            return AccessTokens.Follow(file, TimeProvider.System);
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

    private int Port(string path, IPAddress address, int port, bool isForwarded)
    {
        // A forwarded port belongs to the process that forwards it.
        if (isForwarded)
        {
            if (port == 0)
                Refuse(Option(path), new("MM1004", "must be 1 to 65535, got 0", Option(path).Value.Example));
            return port;
        }

        var isSaid = _values.ContainsKey(path);
        if (port == 0 || (!isSaid && !FreePorts.IsFree(address, port)))
            return FreePorts.Next(address);
        if (isSaid)
            RefuseTaken(path, address, port);
        return port;
    }

    private void RefuseTaken(string path, IPAddress address, int? port)
    {
        if (port is > 0 && !FreePorts.IsFree(address, port.Value))
            Add(
                "MM1004",
                $"{Option(path).Shown} {port} is taken on {address}{(PortOwner.Of(port.Value) is { } owner ? $" by {owner}" : "")}",
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
                $"{string.Join(" and ", same.Select(one => Option(one.Path).Shown))} are both {same.Key}",
                "give each a port of its own, or 0 for a free one"
            );
    }

    private TlsFiles? Tls(IPAddress address)
    {
        string[] paths = ["Security:Certificate", "Security:Key", "Security:Authority"];
        var files = paths.Select(Text).ToList();
        var isPlain = _values.GetValueOrDefault("Security:AllowPlaintext") is true;
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
                $"{Option(paths[files.IndexOf(null)]).Shown} is missing: a certificate, its key and the authority go together",
                "--tls-cert tls.crt --tls-key tls.key --tls-ca ca.crt"
            );
        else if (!isPlain && !IPAddress.IsLoopback(address))
            Add(
                "MM1005",
                $"Address (--address) {address} lets other machines in, and there is no certificate: everybody who reaches the ports could read and change every run",
                "--tls-cert tls.crt --tls-key tls.key --tls-ca ca.crt, or --insecure true where a network policy or firewall keeps other machines out"
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

    private string? Data(string? said)
    {
        var folder = said is null ? null : Path.GetFullPath(said);
        if (folder is not null && !Directory.Exists(folder))
            Add(
                "MM1004",
                $"Storage:Data (--data) {folder} is not a folder",
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

    private string? Text(string path) => configuration[path] is { Length: > 0 } text ? text : null;

    private static SiloOption Option(string path) => SiloOptions.Find(path)!;

    private void Refuse(SiloOption option, Refusal refusal) =>
        Add(refusal.Code, $"{option.Shown} {refusal.Text}", $"{option.Typed} {refusal.Fix}");

    private void Add(string code, string message, string fix) => problems.Add(new(code, message, fix));
}
