using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>Each policy sees what it is there for.</summary>
public class PlantedViolationTests
{
    private static readonly Dictionary<string, Action<Overlay>> Plants = new()
    {
        // The restricted profile.
        ["shares a namespace of its node"] = o => Pod(o).HostNetwork = true,
        ["volume node is of a kind that the profile forbids"] = o =>
        {
            Pod(o)
                .Volumes.Add(
                    new()
                    {
                        Name = "node",
                        HostPath = new() { Path = "/var" },
                    }
                );
            o.Silo.VolumeMounts.Add(new() { Name = "node", MountPath = "/var" });
        },
        ["sets kernel.msgmax"] = o =>
            Pod(o).SecurityContext.Sysctls = [new() { Name = "kernel.msgmax", Value = "1" }],
        ["is a process of its host"] = o =>
            Pod(o).SecurityContext.WindowsOptions = new() { HostProcess = true },
        ["sets SELinux options"] = o => Pod(o).SecurityContext.SeLinuxOptions = new() { Type = "spc_t" },
        ["runs without AppArmor"] = o =>
            Pod(o).SecurityContext.AppArmorProfile = new() { Type = "Unconfined" },
        ["container silo is privileged"] = o => o.Silo.SecurityContext.Privileged = true,
        ["container silo may gain privileges"] = o => o.Silo.SecurityContext.AllowPrivilegeEscalation = null,
        ["container silo may run as root"] = o => Pod(o).SecurityContext.RunAsNonRoot = null,
        ["container silo runs as root"] = o => o.Silo.SecurityContext.RunAsUser = 0,
        ["container silo keeps capabilities"] = o => o.Silo.SecurityContext.Capabilities.Drop = ["NET_RAW"],
        ["container silo adds capabilities"] = o => o.Silo.SecurityContext.Capabilities.Add = ["SYS_PTRACE"],
        ["container silo has no seccomp profile"] = o => Pod(o).SecurityContext.SeccompProfile = null,
        ["container silo mounts /proc as Unmasked"] = o => o.Silo.SecurityContext.ProcMount = "Unmasked",
        ["container silo takes a port of its node"] = o => o.Silo.Ports[0].HostPort = 11111,
        ["container first may gain privileges"] = o =>
            Pod(o).InitContainers = [
                new()
                {
                    Name = "first",
                    Image = "redis:7.2-bookworm",
                    Resources = o.Silo.Resources,
                    StartupProbe = o.Silo.LivenessProbe,
                    ReadinessProbe = o.Silo.LivenessProbe,
                    LivenessProbe = o.Silo.LivenessProbe,
                    Ports = o.Silo.Ports,
                    SecurityContext = new()
                    {
                        ReadOnlyRootFilesystem = true,
                        Capabilities = o.Silo.SecurityContext.Capabilities,
                    },
                },
            ],
        // The entrance.
        ["serves mm.example.com without TLS"] = o => o.All<V1Ingress>().Single().Spec.Tls.Clear(),
        ["nobody is told to make the secret of its certificate"] = o =>
            o.All<V1Ingress>().Single().Spec.Tls[0].SecretName = "other",
        ["lets outsiders ask for more than REST and the page by /"] = o =>
            o.All<V1Ingress>().Single().Spec.Rules[0].Http.Paths.Last().PathType = "Prefix",
        ["there is no port http of a service mm-silo"] = o =>
            o.All<V1Ingress>().Single().Spec.Rules[0].Http.Paths[0].Backend.Service.Name = "mm-silo",
        ["holds events back in a buffer"] = o => o.All<V1Ingress>().Single().Metadata.Annotations.Clear(),
        ["leads to silos that have no tokens"] = o =>
            Sample.SettingsOf(o).Data.Remove("MM_SILO__API__TOKENFILE"),
        ["mm-silo-from-ingress: opens 30000 to namespace 'ingress-nginx'"] = o =>
            Policy(o, "mm-silo-from-ingress").Spec.Ingress[0].Ports[0].Port = "30000",
        ["mm-silo-from-prometheus: opens 8080 to namespace 'monitoring'"] = o =>
            Policy(o, "mm-silo-from-prometheus").Spec.Ingress[0].Ports[0].Port = "8080",
        // Hardening.
        ["has a role and no token to use it by"] = o =>
            o.Objects.Add(
                new V1RoleBinding
                {
                    ApiVersion = "rbac.authorization.k8s.io/v1",
                    Kind = "RoleBinding",
                    Metadata = new() { Name = "mm-silo", NamespaceProperty = "mmorleans" },
                    Subjects = [new() { Kind = "ServiceAccount", Name = "mm-silo" }],
                    RoleRef = new() { Kind = "Role", Name = "mm-silo" },
                }
            ),
        ["mounts a token that nobody uses"] = o => Pod(o).AutomountServiceAccountToken = null,
        ["gets a variable for every service there is"] = o => Pod(o).EnableServiceLinks = null,
        ["container silo can write to its image"] = o =>
            o.Silo.SecurityContext.ReadOnlyRootFilesystem = false,
        ["image redis is of no fixed version"] = o => Redis(o).Image = "redis",
        ["container redis has a secret in its environment"] = o =>
            Redis(o).Env = [
                new()
                {
                    Name = "P",
                    ValueFrom = new()
                    {
                        SecretKeyRef = new() { Name = "mm-redis", Key = "p" },
                    },
                },
            ],
        ["a secret stands in the manifests"] = o =>
            o.Objects.Add(
                new V1Secret
                {
                    ApiVersion = "v1",
                    Kind = "Secret",
                    Metadata = Sample.SettingsOf(o).Metadata,
                }
            ),
        // Resources.
        ["container redis requests no CPU"] = o => Redis(o).Resources.Requests.Remove("cpu"),
        ["container redis has a limit of CPU"] = o => Redis(o).Resources.Limits["cpu"] = new("1"),
        ["container redis has no limit of memory"] = o => Redis(o).Resources.Limits.Remove("memory"),
        ["container redis requests other memory than its limit"] = o =>
            Redis(o).Resources.Limits["memory"] = new("1Gi"),
        ["the runtime counts other processors than the 2 that are requested"] = Set(
            "DOTNET_PROCESSOR_COUNT",
            "3"
        ),
        ["libtorch computes on more than one thread"] = Set("OMP_NUM_THREADS", "2"),
        ["3 trainers on 2 cores"] = Set("MM_SILO__DEVICES__TRAINERS", "3"),
        ["trains on cuda with 0 cards"] = Set("MM_SILO__DEVICES__KIND", "cuda"),
        ["does not tolerate the taint of nodes with cards"] = Gpu(o => Pod(o).Tolerations = null),
        ["does not choose nodes with cards"] = Gpu(o => Pod(o).NodeSelector = null),
        ["is not that of the CUDA build"] = Gpu(o => o.Silo.Image = $"mm-silo:{AllPolicies.Version}"),
        ["1 trainers on 2 cards"] = Gpu(o => o.Silo.Resources.Limits[Resources.Gpu] = new("2")),
        // References.
        ["there is no service account mm-other"] = o => Pod(o).ServiceAccountName = "mm-other",
        ["there is no config map mm-other"] = o =>
            Pod(o).Volumes[0] = new()
            {
                Name = "tmp",
                ConfigMap = new() { Name = "mm-other" },
            },
        ["nobody is told to make the secret mm-other"] = o =>
            Pod(o).Volumes[0] = new()
            {
                Name = "tmp",
                Secret = new() { SecretName = "mm-other" },
            },
        ["there is no claim mm-other"] = o =>
            Pod(o).Volumes[0] = new()
            {
                Name = "tmp",
                PersistentVolumeClaim = new() { ClaimName = "mm-other" },
            },
        ["volume spare is mounted nowhere"] = o =>
            Pod(o).Volumes.Add(new() { Name = "spare", EmptyDir = new() }),
        ["there is no volume spare"] = o =>
            o.Silo.VolumeMounts.Add(new() { Name = "spare", MountPath = "/spare" }),
        ["container silo has no port https to be probed at"] = o =>
            o.Silo.LivenessProbe.HttpGet.Port = "https",
        ["MM_SILO__STORAGE__RUNS is /elsewhere, where nothing is mounted"] = Set(
            "MM_SILO__STORAGE__RUNS",
            "/elsewhere"
        ),
        ["Service mm-redis: StatefulSet mm-redis has no port other"] = o =>
            o.All<V1Service>().Single(s => s.Metadata.Name == "mm-redis").Spec.Ports[0].TargetPort = "other",
        ["StatefulSet mm-silo: there is no service mm-other"] = o => o.Silos.Spec.ServiceName = "mm-other",
        ["PodMonitor mm-silo: no pod has a port other"] = o =>
            o.All<PodMonitor>().Single().Spec.PodMetricsEndpoints[0].Port = "other",
        ["ScaledObject mm-silo: there is no StatefulSet mm-other"] = o => o.Objects.Add(Scaled("mm-other")),
        ["ScaledObject mm-silo: every apply sets the replicas of mm-silo back"] = o =>
            o.Objects.Add(Scaled("mm-silo")),
        // Selectors.
        ["StatefulSet mm-silo: does not select its own pods"] = o =>
            o.Silos.Spec.Selector.MatchLabels["app.kubernetes.io/component"] = "trainer",
        ["StatefulSet mm-silo: selects the pods of StatefulSet mm-redis"] = o =>
            o.Silos.Spec.Selector.MatchLabels.Remove("app.kubernetes.io/component"),
        ["StatefulSet mm-silo: is spread by the pods of others"] = o =>
            Pod(o).TopologySpreadConstraints[0].LabelSelector = null,
        ["PodDisruptionBudget mm-silo: selects 0 workloads"] = o =>
            o.All<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels["app"] = "other",
        ["PodMonitor mm-silo: selects 2 workloads"] = o =>
            o.All<PodMonitor>().Single().Spec.Selector.MatchLabels.Remove("app.kubernetes.io/component"),
        ["NetworkPolicy mm-redis: selects 0 workloads"] = o =>
            Policy(o, "mm-redis").Spec.Ingress[0].FromProperty[0].PodSelector.MatchLabels["app"] = "other",
        // The network.
        ["StatefulSet mm-redis: no network policy limits its Ingress"] = o =>
            Policy(o, "mm-redis").Spec.PolicyTypes = ["Egress"],
        ["NetworkPolicy mm-redis: lets anybody or anything in"] = o =>
            Policy(o, "mm-redis").Spec.Ingress[0].FromProperty = null,
        ["NetworkPolicy mm-redis: StatefulSet mm-redis has no port 6380"] = o =>
            Policy(o, "mm-redis").Spec.Ingress[0].Ports[0].Port = "6380",
        ["there is no service mm-other"] = Set("MM_SILO__CLUSTERING__REDIS", "mm-other:6379"),
        ["no network policy lets silos out to mm-redis:6379"] = o =>
            o.Objects.Remove(Policy(o, "mm-silo-to-redis")),
        ["no network policy lets silos out to redis.elsewhere:6379"] = Set(
            "MM_SILO__CLUSTERING__REDIS",
            "redis.elsewhere:6379"
        ),
        ["StatefulSet mm-silo: may not look up names"] = o => o.Objects.Remove(Policy(o, "mm-dns")),
        ["may not look up names"] = o => Policy(o, "mm-dns").Spec.Egress[0].Ports.RemoveAt(0), // UDP
        ["NetworkPolicy mm-dns: selects no workload"] = o =>
            Policy(o, "mm-dns").Spec.PodSelector.MatchExpressions[0].Values = ["other"],
        ["silos do not reach each other at 11111"] = o =>
            Policy(o, "mm-silo").Spec.Ingress[0].Ports.RemoveAt(0),
        ["silos do not reach each other at 11112"] = o =>
            Policy(o, "mm-silo").Spec.Egress[0].Ports.RemoveAt(1),
        // Labels.
        ["Service mm-redis: has no label app.kubernetes.io/part-of"] = o =>
            o.All<V1Service>()
                .Single(s => s.Metadata.Name == "mm-redis")
                .Metadata.Labels.Remove("app.kubernetes.io/part-of"),
        ["StatefulSet mm-silo: is of version 0.0.1"] = o =>
            o.Silos.Metadata.Labels["app.kubernetes.io/version"] = "0.0.1",
        ["StatefulSet mm-silo: stands in namespace default"] = o =>
            o.Silos.Metadata.NamespaceProperty = "default",
        ["StatefulSet mm-silo: its pods have no label app.kubernetes.io/instance"] = o =>
            o.Silos.Spec.Template.Metadata.Labels.Remove("app.kubernetes.io/instance"),
        ["StatefulSet mm-silo: selects one version only"] = o =>
            o.Silos.Spec.Selector.MatchLabels["app.kubernetes.io/version"] = AllPolicies.Version,
        ["StatefulSet mm-redis: its claims are of one version only"] = o =>
            o.All<V1StatefulSet>()
                .Single(s => s.Metadata.Name == "mm-redis")
                .Spec.VolumeClaimTemplates[0]
                .Metadata.Labels = new Dictionary<string, string> { ["app.kubernetes.io/version"] = "1" },
        ["image mm-silo:0.0.1: the build is of"] = o => o.Silo.Image = "mm-silo:0.0.1",
        // Lifetimes.
        ["container redis lacks a startup, ready or live probe"] = o => Redis(o).ReadinessProbe = null,
        ["is not asked whether it joined, has storage and its library"] = o =>
            o.Silo.ReadinessProbe.HttpGet.Path = "/healthz/live",
        ["is ended for what a restart does not cure"] = o =>
            o.Silo.LivenessProbe.HttpGet.Path = "/healthz/ready",
        ["is ended after less than 30 s of silence"] = o => o.Silo.LivenessProbe.FailureThreshold = 1,
        ["hands nothing over before it is stopped"] = o => o.Silo.Lifecycle = null,
        ["may be killed while it hands over or saves"] = o => Pod(o).TerminationGracePeriodSeconds = 60,
        ["waits at the start for silos that wait for it"] = o =>
            o.Silos.Spec.PodManagementPolicy = "OrderedReady",
        ["is not updated one by one"] = o => o.Silos.Spec.UpdateStrategy = new() { Type = "OnDelete" },
        ["more than one may be taken at a time"] = o =>
            o.All<V1PodDisruptionBudget>().Single().Spec.MaxUnavailable = "50%",
        // What the silo is told.
        // Trust.
        ["has no certificates and does not say so"] = Set("MM_SILO__SECURITY__ALLOWPLAINTEXT", "false"),
        ["has 1 of certificate, key and authority"] = Set("MM_SILO__SECURITY__KEY", "/runs/tls.key"),
        ["has certificates and lets in plaintext"] = o =>
        {
            foreach (var name in (string[])["CERTIFICATE", "KEY", "AUTHORITY"])
                Set($"MM_SILO__SECURITY__{name}", "/runs/x")(o);
        },
        ["nobody reads MM_SILO__STORAGE__RUN"] = Set("MM_SILO__STORAGE__RUN", "x"),
        ["nobody reads MM_CLUSTER"] = Set("MM_CLUSTER", "x"),
        ["MM_SILO__ADDRESS is not its pod's status.podIP"] = o =>
            o.Silo.Env.Remove(o.Silo.Env.Single(v => v.Name == "MM_SILO__ADDRESS")),
        ["its image has no /app/mm-silo"] = o => o.Silo.Command = ["/app/mm-silo"],
        ["unknown flag --nme"] = o => o.Silo.Args = ["--nme", "x"],
        ["does not listen at its port http"] = Set("MM_SILO__PORTS__HEALTH", "8081"),
        ["does not listen at its port vectors"] = Set("MM_SILO__PORTS__VECTORS", "8081"),
        ["does not listen at its port metrics"] = Set("OTEL_EXPORTER_PROMETHEUS_PORT", "9465"),
    };

    public static TheoryData<string> Named => [.. Plants.Keys];

    [Fact]
    public void WithoutOneThereIsNothingToSay() => Assert.Empty(AllPolicies.Violations(Sample.Sound()));

    [Theory]
    [MemberData(nameof(Named))]
    public void ItIsNamed(string violation)
    {
        var overlay = Sample.Sound();
        Plants[violation](overlay);

        Assert.Contains(
            AllPolicies.Violations(overlay),
            said => said.Contains(violation, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n  clusterIp: None\n")]
    [InlineData(
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: x\nspec:\n  minReplicas: 1\n"
    )]
    [InlineData("apiVersion: apps/v2\nkind: StatefulSet\nmetadata:\n  name: x\n")]
    public void AFieldOrKindThatNobodyKnowsIsAnError(string yaml) =>
        Assert.ThrowsAny<Exception>(() => Overlay.Read(yaml));

    private static V1PodSpec Pod(Overlay overlay) => overlay.Silos.Spec.Template.Spec;

    private static V1Container Redis(Overlay overlay) =>
        overlay
            .All<V1StatefulSet>()
            .Single(set => set.Metadata.Name == "mm-redis")
            .Spec.Template.Spec.Containers.Single();

    private static V1NetworkPolicy Policy(Overlay overlay, string name) =>
        overlay.All<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == name);

    private static Action<Overlay> Set(string variable, string value) =>
        overlay => Sample.SettingsOf(overlay).Data[variable] = value;

    /// <summary>A silo with a card, then the violation.</summary>
    private static Action<Overlay> Gpu(Action<Overlay> plant) =>
        overlay =>
        {
            Set("MM_SILO__DEVICES__KIND", "cuda")(overlay);
            Set("MM_SILO__DEVICES__TRAINERS", "1")(overlay);
            overlay.Silo.Resources.Limits[Resources.Gpu] = new("1");
            overlay.Silo.Image = $"mm-silo:{AllPolicies.Version}-cuda";
            Pod(overlay).Tolerations = [new() { Key = Resources.Gpu }];
            Pod(overlay).NodeSelector = new Dictionary<string, string>
            {
                ["nvidia.com/gpu.present"] = "true",
            };
            plant(overlay);
        };

    private static ScaledObject Scaled(string target) =>
        new()
        {
            Kind = "ScaledObject",
            Metadata = new() { Name = "mm-silo" },
            Spec = new()
            {
                ScaleTargetRef = new() { Kind = "StatefulSet", Name = target },
            },
        };
}
