using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Tests;

namespace MMOrleans.Kubernetes.Tests.Images;

/// <summary>A real registry on a free port of this machine, which has what our images stand on, and into which they are published.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Registry : IAsyncDisposable
{
    private const string Base = "dotnet/aspnet:10.0-noble";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly string[] Tools =
    [
        "docker-registry",
        "skopeo",
        "umoci",
        "mmdebstrap",
        "setpriv",
        "bwrap",
    ];

    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _server;
    private readonly string _address;

    private Registry(TemporaryFolder folder, ChildProcess server, string address) =>
        (_folder, _server, _address) = (folder, server, address);

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing()
    {
        if (Environment.UserName != "root")
            return "an image is unpacked with its owners, which takes root";
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(':');
        return
            Tools.FirstOrDefault(tool => !folders.Any(at => File.Exists(Path.Combine(at, tool)))) is { } tool
            ? $"{tool} is not installed; all of {string.Join(' ', Tools)} are needed"
            : null;
    }

    public static async Task<Registry> StartAsync()
    {
        var folder = new TemporaryFolder();
        // Who runs in the image is somebody else and has to reach it.
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var address = $"127.0.0.1:{Ports.Free(1)[0]}";
        await File.WriteAllTextAsync(
            folder["registry.yml"],
            $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder["images"]}}}}}\nhttp: {{addr: {address}}}\n"
        );
        var server = new ChildProcess("docker-registry", ["serve", folder["registry.yml"]], folder.Path);
        var registry = new Registry(folder, server, address);
        await RunAsync(
            Path.Combine(Checkout.Root, "tests", "Kubernetes.Tests", "Images", "base-image"),
            [folder["base"], $"{address}/{Base}"]
        );
        return registry;
    }

    /// <summary>Builds the image of a project as <c>docs/kubernetes.md</c> says, and pushes it.</summary>
    public Task PublishAsync(string project) =>
        RunAsync(
            "dotnet",
            [
                "publish",
                project,
                "-c",
                "Release",
                "-t:PublishContainer",
                $"-p:ContainerRegistry={_address}",
                // Where there is a network this is the SDK's own choice.
                $"-p:ContainerBaseImage={_address}/{Base}",
            ],
            new Dictionary<string, string> { ["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = _address }
        );

    /// <summary>What an image says of itself.</summary>
    /// <param name="image">Such as <c>mm-silo:0.1.0</c>.</param>
    public async Task<JsonNode> ConfigurationAsync(string image) =>
        JsonNode.Parse(
            await RunAsync(
                "skopeo",
                ["inspect", "--config", "--tls-verify=false", $"docker://{_address}/{image}"]
            )
        )!["config"]!;

    /// <summary>Pulls an image and unpacks its layers.</summary>
    public async Task<Rootfs> UnpackAsync(string image)
    {
        var name = image.Split(':')[0];
        await RunAsync(
            "skopeo",
            [
                "copy",
                "--quiet",
                "--src-tls-verify=false",
                $"docker://{_address}/{image}",
                $"oci:{_folder["pulled"]}:{name}",
            ]
        );
        await RunAsync("umoci", ["unpack", "--image", $"{_folder["pulled"]}:{name}", _folder[name]]);
        File.SetUnixFileMode(_folder[name], (UnixFileMode)0b111_101_101);
        return new(_folder[name, "rootfs"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        await using var process = new ChildProcess(program, arguments, Checkout.Root, environment);
        var code = await process.EndAsync(Patience);
        Assert.True(code == 0, $"{program} ended with {code}:\n{process.Output}");
        return process.Output;
    }
}
