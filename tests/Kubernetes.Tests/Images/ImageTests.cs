using System.Net;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Kubernetes.Tests.Manifests;
using MMOrleans.Tests;

namespace MMOrleans.Kubernetes.Tests.Images;

/// <summary>Images built, pushed to a registry, pulled and started, without a daemon of containers.</summary>
/// <remarks>Below them stands a Debian without a shell and without fonts in the place of the Ubuntu of the published ones.</remarks>
[SupportedOSPlatform("linux")]
public partial class ImageTests(ITestOutputHelper output)
{
    private const string Wanted = "MM_IMAGES";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // A number of threads and nothing else: what images and manifests do not say, this machine must not add.
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = "/home/app",
        ["OMP_NUM_THREADS"] = "1",
        ["DOTNET_gcServer"] = "0",
    };

    [Theory]
    [InlineData("Silo")]
    [InlineData("Client")]
    public async Task AnImageHasTheNativesOfItsPlatformAndOfNoOther(string project)
    {
        await using var build = new ChildProcess(
            "dotnet",
            [
                "msbuild",
                project,
                "-p:Configuration=Release",
                "-p:BuildProjectReferences=false",
                "-t:ComputeResolvedFilesToPublishList",
                "-getItem:ResolvedFileToPublish",
            ],
            Checkout.Root
        );
        Assert.Equal(0, await build.EndAsync(Patience));

        var files = JsonNode.Parse(build.Output)!["Items"]!["ResolvedFileToPublish"]!
            .AsArray()
            .Select(file => (string)file!["RelativePath"]!)
            .ToList();

        Assert.Contains("runtimes/linux-x64/native/libtorch_cpu.so", files);
        Assert.Equal(["linux-x64"], Platforms(files.Select(file => "/app/" + file)));
    }

    [Fact]
    public async Task ImagesArePushedPulledAndStartedAsTheManifestsSay()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Wanted) == "1",
            $"{Wanted} is not set: it publishes two images, which takes minutes"
        );
        Assert.SkipWhen(Registry.Missing() is not null, Registry.Missing() ?? "");
        var overlay = Kustomize.Build("local");
        await using var registry = await Registry.StartAsync();
        await registry.PublishAsync("Silo");
        await registry.PublishAsync("Client");

        await TheSiloIsReadyAsync(registry, overlay);
        await TheCommandLineTrainsAndDrawsAsync(registry, overlay);
    }

    private async Task TheSiloIsReadyAsync(Registry registry, Overlay overlay)
    {
        var container = overlay.Silo;
        var pod = overlay.Silos.Spec.Template.Spec;
        var image = await registry.ConfigurationAsync(container.Image);

        Assert.Equal($"{pod.SecurityContext.RunAsUser}", (string?)image["User"]);
        Assert.Equal(
            container.Ports.Select(port => $"{port.ContainerPort}/tcp").Order(),
            image["ExposedPorts"]!.AsObject().Select(port => port.Key).Order()
        );
        Assert.Equal(container.Command, image["Entrypoint"]!.AsArray().Select(word => (string)word!));
        var labels = image["Labels"]!;
        Assert.Equal("mm-silo", (string?)labels["org.opencontainers.image.title"]);
        Assert.Equal("MIT", (string?)labels["org.opencontainers.image.licenses"]);
        Assert.Equal(container.Image.Split(':')[1], (string?)labels["org.opencontainers.image.version"]);
        Assert.Equal("MMOrleans", (string?)labels["org.opencontainers.image.authors"]);

        var rootfs = await registry.UnpackAsync(container.Image);
        Assert.Equal(["linux-x64"], Platforms(rootfs.Files("/app")));
        using var folder = Writable();
        var ports = Ports.Free(3);
        await using var silo = rootfs.Start(
            [
                .. container.Command,
                "--name",
                "imaged",
                "--trainers",
                "1",
                "--port",
                $"{ports[0]}",
                "--gateway-port",
                $"{ports[1]}",
                "--health-port",
                $"{ports[2]}",
                "--runs",
                "/mnt/runs",
            ],
            Variables,
            folder.Path
        );
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{ports[2]}") };
        var ready = container.ReadinessProbe.HttpGet.Path;
        await silo.SaysAsync("is a member of", Patience);
        using var patience = new CancellationTokenSource(Patience);
        while ((await http.GetAsync(ready, patience.Token)).StatusCode != HttpStatusCode.OK)
            await Task.Delay(200, patience.Token);
        output.WriteLine($"{container.Image}: ready as {pod.SecurityContext.RunAsUser}, read-only");
    }

    private async Task TheCommandLineTrainsAndDrawsAsync(Registry registry, Overlay overlay)
    {
        var container = overlay
            .Workloads.Single(workload => workload.Name == "Deployment mm")
            .Containers.Single();
        var rootfs = await registry.UnpackAsync(container.Image);
        Assert.DoesNotContain(
            rootfs.Files("/usr"),
            file =>
                file.EndsWith(".ttf", StringComparison.Ordinal)
                || file.Contains("/fonts/", StringComparison.Ordinal)
        );
        using var folder = Writable();

        await MmAsync(
            "train",
            "--epochs",
            "6",
            "--name",
            "imaged",
            "--output",
            "/mnt/runs",
            "--trainers",
            "1"
        );
        await MmAsync("report", "latest", "--output", "/mnt/runs");

        var report = Directory
            .GetDirectories(folder["runs"])
            .Select(run => Path.Combine(run, "report"))
            .Single();
        Assert.NotEmpty(Directory.GetFiles(report, "*.png"));
        Assert.Contains(
            "<text",
            await File.ReadAllTextAsync(Directory.GetFiles(report, "*.svg")[0]),
            StringComparison.Ordinal
        );

        async Task MmAsync(params string[] words)
        {
            await using var mm = rootfs.Start(["dotnet", "/app/mm.dll", .. words], Variables, folder.Path);
            Assert.True(await mm.EndAsync(Patience) == 0, mm.Output);
            output.WriteLine($"{container.Image}: mm {string.Join(' ', words)}\n{mm.Output}");
        }
    }

    /// <summary>In the place of a volume: whoever runs in an image is nobody here.</summary>
    private static TemporaryFolder Writable()
    {
        var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        return folder;
    }

    private static IEnumerable<string> Platforms(IEnumerable<string> files) =>
        files
            .Select(file => RuntimeFolder().Match(file))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .Where(platform => platform is not ("linux" or "unix"))
            .Distinct()
            .Order();

    [GeneratedRegex("^/app/runtimes/([^/]+)/")]
    private static partial Regex RuntimeFolder();
}
