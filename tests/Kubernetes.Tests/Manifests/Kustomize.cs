using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MMOrleans.Kubernetes.Tests.Manifests;

/// <summary>Builds overlays as <c>kubectl apply -k</c> would, without a cluster.</summary>
internal static class Kustomize
{
    private const int LeastMinor = 32;

    public static string Folder { get; } = Path.Combine(Root(), "k8s");

    /// <summary>Names of the overlays.</summary>
    public static IReadOnlyList<string> Overlays { get; } =
    [
        .. Directory
            .GetDirectories(Path.Combine(Folder, "overlays"))
            .Select(Path.GetFileName)
            .OfType<string>()
            .Order(),
    ];

    /// <summary>Builds one, by its name or its folder, or skips the test where there is no kubectl that can.</summary>
    public static Overlay Build(string overlay)
    {
        Assert.SkipWhen(WhyNot.Value is not null, WhyNot.Value ?? "");
        var (code, output, error) = Run("kustomize", Path.Combine(Folder, "overlays", overlay));
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

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MMOrleans.sln")))
            folder =
                folder.Parent
                ?? throw new InvalidOperationException(
                    "No folder above the test holds MMOrleans.sln: run it from a checkout."
                );
        return folder.FullName;
    }
}
