using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;

namespace MMOrleans.Architecture.Tests;

/// <summary>Folders of a project depend on each other in one direction, so that each can be read without the ones above it.</summary>
public sealed class NamespaceCircleTests
{
    public static TheoryData<string> Projects => [.. Sources.Production.Select(name => $"MMOrleans.{name}")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void NoTwoFoldersOfAProjectNeedEachOther(string project)
    {
        var needs = WallTests
            .House.Types.Where(type => Folder(type, project) is not null)
            .SelectMany(type =>
                type.Dependencies.Select(dependency =>
                    (
                        From: Folder(type, project)!,
                        To: Folder(dependency.Target, project),
                        Type: type.Name,
                        dependency.Target.Name
                    )
                )
            )
            .Where(need => need.To is not null && need.To != need.From)
            .ToList();
        var reached = needs.ToLookup(need => need.From, need => need.To!);

        var circles = needs
            .Where(need => Reaches(reached, need.To!, need.From))
            .Select(need => $"{need.From} needs {need.To}: {need.Type} {need.Name}")
            .Distinct()
            .Order();
        Assert.Empty(circles);
    }

    /// <summary>First folder below the project; a folder's own folders belong to it. The project's root is a folder too.</summary>
    private static string? Folder(IType type, string project)
    {
        var space = type.Namespace?.FullName ?? "";
        if (space == project)
            return project;
        if (!space.StartsWith(project + ".", StringComparison.Ordinal))
            return null;
        var folder = space[(project.Length + 1)..].Split('.')[0];
        // Grains.Interfaces is a project of its own, not a folder of Grains.
        return project == "MMOrleans.Grains" && folder == "Interfaces" ? null : $"{project}.{folder}";
    }

    private static bool Reaches(ILookup<string, string> needs, string from, string to)
    {
        var (seen, open) = (new HashSet<string> { from }, new Stack<string>([from]));
        while (open.TryPop(out var folder))
        {
            if (folder == to)
                return true;
            foreach (var next in needs[folder].Where(seen.Add))
                open.Push(next);
        }

        return false;
    }
}
