using MMOrleans.Dashboards;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Monitoring;

/// <summary>The generated files below <c>k8s</c>, as they are kept.</summary>
public class GeneratedFileTests
{
    public static TheoryData<string> Paths => [.. GeneratedFiles.Of(Kustomize.Folder).Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void TheKeptFileIsTheGeneratedOne(string path) =>
        Assert.True(
            File.ReadAllText(Path.Combine(Kustomize.Folder, path)).ReplaceLineEndings("\n")
                == GeneratedFiles.Of(Kustomize.Folder)[path],
            $"k8s/{path} is not what it is generated from. If the change is meant: dotnet run --project build/Dashboards"
        );
}
