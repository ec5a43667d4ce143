using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests;

/// <summary>The files of the checkout, without what builds leave there.</summary>
internal static class Sources
{
    /// <summary>Projects whose code runs at users'.</summary>
    public static readonly string[] Production =
    [
        "Api",
        "Client",
        "Configuration",
        "Grains",
        "Grains.Interfaces",
        "Learning",
        "Runs",
        "Silo",
    ];

    /// <summary>Files anywhere in the checkout.</summary>
    public static IEnumerable<string> All(params string[] patterns) => Under(Checkout.Root, patterns);

    /// <summary>Code that runs at users'.</summary>
    public static IEnumerable<string> OfProduction() =>
        Production.SelectMany(project => Under(Path.Combine(Checkout.Root, project), "*.cs"));

    private static IEnumerable<string> Under(string folder, params string[] patterns) =>
        patterns
            .SelectMany(pattern => Directory.EnumerateFiles(folder, pattern))
            .Concat(
                Directory
                    .EnumerateDirectories(folder)
                    .Where(inner => Path.GetFileName(inner) is not ("bin" or "obj" or ".git"))
                    .SelectMany(inner => Under(inner, patterns))
            );
}
