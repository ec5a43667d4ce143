using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>What pods ask of their nodes, and that a silo makes no more threads than it asked cores for.</summary>
internal static class Resources
{
    public const string Gpu = "nvidia.com/gpu";

    public static IEnumerable<string> Violations(Overlay overlay)
    {
        foreach (var workload in overlay.Workloads)
        foreach (var container in workload.Containers)
        {
            var (requests, limits) = (container.Resources?.Requests, container.Resources?.Limits);
            var name = $"{workload.Name}: container {container.Name}";
            if (requests?.ContainsKey("cpu") != true)
                yield return $"{name} requests no CPU";
            if (limits?.ContainsKey("cpu") == true)
                yield return $"{name} has a limit of CPU, which throttles it";
            if (limits?.ContainsKey("memory") != true)
                yield return $"{name} has no limit of memory";
            else if (
                requests?.TryGetValue("memory", out var requested) != true
                || requested!.ToDecimal() != limits["memory"].ToDecimal()
            )
                yield return $"{name} requests other memory than its limit: it may be killed for a neighbour's use";
        }

        foreach (var violation in OfSilo(overlay))
            yield return violation;
    }

    private static IEnumerable<string> OfSilo(Overlay overlay)
    {
        var variables = overlay.EnvironmentOf(overlay.Silo);
        var resources = overlay.Silo.Resources;
        var cores = resources.Requests["cpu"].ToDecimal();
        if (variables.GetValueOrDefault("DOTNET_PROCESSOR_COUNT") != $"{cores:0}")
            yield return $"silo: the runtime counts other processors than the {cores} that are requested";
        if (variables.GetValueOrDefault("OMP_NUM_THREADS") != "1")
            yield return "silo: libtorch computes on more than one thread, so its bits depend on the machine";
        var trainers = int.Parse(variables.GetValueOrDefault("MM_SILO__DEVICES__TRAINERS", "0"));
        if (trainers < 1 || trainers > cores)
            yield return $"silo: {trainers} trainers on {cores} cores";

        var cards = resources.Limits.TryGetValue(Gpu, out var limit) ? limit.ToDecimal() : 0;
        var kind = variables.GetValueOrDefault("MM_SILO__DEVICES__KIND");
        if (kind != (cards > 0 ? "cuda" : "cpu"))
            yield return $"silo: trains on {kind} with {cards} cards";
        if (cards > 0)
        {
            if (cards != 1 || trainers != 1)
                yield return $"silo: {trainers} trainers on {cards} cards; one each is what a silo has";
            if (overlay.Silos.Spec.Template.Spec.Tolerations?.Any(t => t.Key == Gpu) != true)
                yield return "silo: does not tolerate the taint of nodes with cards";
            if (overlay.Silos.Spec.Template.Spec.NodeSelector?.ContainsKey("nvidia.com/gpu.present") != true)
                yield return "silo: does not choose nodes with cards";
            if (!overlay.Silo.Image.EndsWith("-cuda", StringComparison.Ordinal))
                yield return $"silo: image {overlay.Silo.Image} is not that of the CUDA build";
        }
    }
}
