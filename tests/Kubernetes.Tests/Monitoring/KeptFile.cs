using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Monitoring;

/// <summary>A file below <c>k8s</c> that is made from something else.</summary>
internal static class KeptFile
{
    /// <summary>Fails where the kept file is not the made one, which then lies ready to be copied.</summary>
    public static void Is(string file, string made)
    {
        var kept = Path.Combine(Kustomize.Folder, file);
        if (File.Exists(kept) && File.ReadAllText(kept).ReplaceLineEndings("\n") == made)
            return;
        var copy = Path.Combine(AppContext.BaseDirectory, "made", file);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.WriteAllText(copy, made);
        Assert.Fail($"k8s/{file} is not what it is made from. If the change is meant: cp {copy} {kept}");
    }
}
