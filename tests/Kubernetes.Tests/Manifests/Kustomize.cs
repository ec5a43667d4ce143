using System.Diagnostics;
using System.Text.Json.Nodes;
using MMOrleans.Tests;

namespace MMOrleans.Kubernetes.Tests.Manifests;

/// <summary>Builds overlays as <c>kubectl apply -k</c> would, without a cluster.</summary>
internal static class Kustomize
{
    private const int LeastMinor = 32;

    public static string Folder { get; } = Path.Combine(Checkout.Root, "k8s");

    /// <summary>Names of the overlays.</summary>
    public static IReadOnlyList<string> Overlays { get; } =
    [
        .. Directory
            .GetDirectories(Path.Combine(Folder, "overlays"))
            .Select(Path.GetFileName)
            .OfType<string>()
            .Order(),
    ];

    /// <summary>Builds one, or skips the test where there is no kubectl that can.</summary>
    public static Overlay Build(string overlay) => BuildFolder(Path.Combine(Folder, "overlays", overlay));

    /// <summary>Builds the base with components, as an overlay of one's own would.</summary>
    public static Overlay BuildOf(params string[] components)
    {
        var folder = Directory.CreateTempSubdirectory("mm-overlay");
        try
        {
            // kustomize takes no absolute path, and follows no link on the way of a relative one.
            string From(string target) => Path.GetRelativePath(folder.FullName, Path.Combine(Folder, target));
            File.WriteAllLines(
                Path.Combine(folder.FullName, "kustomization.yaml"),
                [
                    "apiVersion: kustomize.config.k8s.io/v1beta1",
                    "kind: Kustomization",
                    "resources:",
                    $"  - {From("base")}",
                    "components:",
                    .. components.Select(component => $"  - {From(Path.Combine("components", component))}"),
                ]
            );
            return BuildFolder(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Overlay BuildFolder(string folder)
    {
        Assert.SkipWhen(WhyNot.Value is not null, WhyNot.Value ?? "");
        var (code, output, error) = Run("kustomize", folder);
        Assert.True(code == 0, error);
        // A deprecated field is only a warning there, and an error here.
        Assert.Equal("", error);
        return Overlay.Read(output);
    }

    private static Lazy<string?> WhyNot { get; } =
        new(() =>
        {
            try
            {
                var (code, output, error) = Run("version", "--client", "-o", "json");
                if (code != 0)
                    return $"kubectl does not say its version: {error}";
                var version = JsonNode.Parse(output)!["clientVersion"]!;
                var (major, minor) = ((string)version["major"]!, ((string)version["minor"]!).TrimEnd('+'));
                return major == "1" && int.Parse(minor) >= LeastMinor
                    ? null
                    : $"kubectl is {major}.{minor}; overlays are built by 1.{LeastMinor} or newer";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return "there is no kubectl on this machine, which builds the overlays";
            }
        });

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
