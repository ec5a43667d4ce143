using MMOrleans.Kubernetes.Tests.Manifests;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>Every variable and flag that a silo is given is one that it knows, or that its runtime does.</summary>
internal static class SiloVariables
{
    private const string Prefix = "MM_SILO__";

    /// <summary>Read by libtorch, by the .NET runtime, by the AWS SDK, and by Orleans where it asks Kubernetes.</summary>
    private static readonly string[] OfLibraries =
    [
        "OMP_NUM_THREADS",
        "DOTNET_PROCESSOR_COUNT",
        "DOTNET_GCHeapHardLimitPercent",
        "POD_NAME",
        "POD_NAMESPACE",
        "AWS_ENDPOINT_URL_S3",
        "AWS_REGION",
        "AWS_SHARED_CREDENTIALS_FILE",
    ];

    private static readonly string[] Command = ["dotnet", "/app/mm-silo.dll"];

    public static IEnumerable<string> Violations(Overlay overlay)
    {
        var variables = overlay.EnvironmentOf(overlay.Silo);
        foreach (var name in variables.Keys)
            if (
                name.StartsWith(Prefix, StringComparison.Ordinal)
                    ? SiloOptions.Find(name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal))
                        is null
                    : !OfLibraries.Contains(name) && SiloSources.Standard.All(s => s.Variable != name)
            )
                yield return $"silo: nobody reads {name}";
        foreach (var (name, field) in new[] { ("NAME", "metadata.name"), ("ADDRESS", "status.podIP") })
            if (variables.GetValueOrDefault(Prefix + name) != field)
                yield return $"silo: {Prefix}{name} is not its pod's {field}";
        if (!overlay.Silo.Command.Take(2).SequenceEqual(Command))
            yield return $"silo: its image has no {string.Join(' ', overlay.Silo.Command)}";
        List<Fault> problems = [];
        SiloSources.Read([.. overlay.Silo.Command.Skip(2), .. overlay.Silo.Args ?? []], variables, problems);
        foreach (var problem in problems)
            yield return $"silo: {problem.Message}";

        foreach (
            var (path, port) in new[]
            {
                ("PORTS__SILO", "silo"),
                ("PORTS__GATEWAY", "gateway"),
                ("PORTS__VECTORS", "vectors"),
                ("PORTS__HEALTH", "http"),
            }
        )
            if (variables.GetValueOrDefault(Prefix + path) != $"{References.PortOf(overlay.Silo, port)}")
                yield return $"silo: does not listen at its port {port}";
        if (
            variables.GetValueOrDefault("OTEL_EXPORTER_PROMETHEUS_PORT")
            != $"{References.PortOf(overlay.Silo, "metrics")}"
        )
            yield return "silo: does not listen at its port metrics";
    }
}
