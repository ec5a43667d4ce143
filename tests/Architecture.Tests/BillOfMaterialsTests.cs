using System.Diagnostics;
using System.Text.Json.Nodes;
using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests;

/// <summary>What each product says it is made of.</summary>
public sealed class BillOfMaterialsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mm-sbom");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void EveryLockedPackageIsListedWithItsHash()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "build/sbom is a script of bash");
        var root = Checkout.Root;
        var (code, said) = Run(root, "bash", "build/sbom", _folder.FullName);
        Assert.SkipWhen(
            code != 0 && said.Contains("dotnet tool restore", StringComparison.Ordinal),
            "CycloneDX is not there: dotnet tool restore"
        );
        Assert.True(code == 0, said);

        foreach (var (project, product) in new[] { ("Silo", "mm-silo"), ("Client", "mm") })
        {
            var bill = Read(Path.Combine(_folder.FullName, $"{product}.cdx.json"));
            Assert.Equal(product, (string?)bill["metadata"]!["component"]!["name"]);
            var listed = bill["components"]!
                .AsArray()
                .Where(one => one!["hashes"] is JsonArray { Count: > 0 })
                .Select(one => $"{one!["name"]} {one["version"]}")
                .ToHashSet();
            Assert.Empty(Locked(Path.Combine(root, project, "packages.lock.json")).Except(listed));
        }
    }

    private static IEnumerable<string> Locked(string file) =>
        Read(file)["dependencies"]!
            .AsObject()
            .SelectMany(framework => framework.Value!.AsObject())
            .Where(package => (string?)package.Value!["type"] != "Project")
            .Select(package => $"{package.Key} {package.Value!["resolved"]}");

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(file))!;

    private static (int Code, string Said) Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
