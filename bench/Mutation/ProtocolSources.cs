namespace MMOrleans.Bench.Mutation;

/// <summary>The sources that a mutant is compiled from, read from the checkout that this program was built in.</summary>
internal sealed class ProtocolSources
{
    private const string Simulation = "tests/Grains.Tests/Simulation";

    /// <summary>The pure machines. Bugs are planted in these, and in nothing else.</summary>
    private static readonly string[] Machines =
    [
        "Grains/Coordination",
        "Grains/Runs/Life",
        "Grains/Segments",
        "Grains/Timing",
        "Grains/Trainers/Protocol",
    ];

    private const string SlotSums = "Grains/Trainers/Rounds/SlotSums.cs"; // the pure one among what computes

    /// <summary>Grains and what asks the machine: Orleans writes the serializers of the first, and no schedule plays either.</summary>
    private static readonly string[] Elsewhere =
    [
        "CoordinatorGrain.cs",
        "CoordinatorGrain.End.cs",
        "CoordinatorGrain.Log.cs",
        "CoordinatorRecord.cs",
        "PortProbe.cs",
        "ProcessStart.cs",
        "SegmentGrain.cs",
        "TrainerHomes.cs",
    ];

    /// <summary>Compiled, and left as they are: sentences for people, and settings.</summary>
    private static readonly string[] Words =
    [
        "LivenessOptions.cs",
        "MembershipEvents.cs",
        "RunEvents.cs",
        "RunProgressSummary.cs",
    ];

    private ProtocolSources(string root)
    {
        Root = root;
        All =
        [
            .. Machines
                .SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*.cs"))
                .Where(file => !Elsewhere.Contains(Path.GetFileName(file)))
                .Append(Path.Combine(root, SlotSums))
                .Append(Path.Combine(root, "Grains/Usings.cs"))
                .Concat(
                    Directory
                        .GetFiles(Path.Combine(root, Simulation), "*.cs", SearchOption.AllDirectories)
                        .Where(file => !file.EndsWith("Tests.cs", StringComparison.Ordinal))
                )
                .Append(Path.Combine(root, "bench/Mutation/ActiveMutant.cs"))
                .Append(Path.Combine(root, "bench/Mutation/MutantPlay.cs"))
                .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The folder of the solution.</summary>
    public string Root { get; }

    /// <summary>Paths in the checkout, sorted.</summary>
    public IReadOnlyList<string> All { get; }

    public static ProtocolSources Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MMOrleans.sln")))
            folder =
                folder.Parent
                ?? throw new InvalidOperationException(
                    "No folder above this program holds MMOrleans.sln: mutants are compiled from a checkout's sources, so run it from one."
                );
        return new(folder.FullName);
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Whether bugs are planted in a source.</summary>
    public static bool IsPlanted(string path) =>
        path == SlotSums
        || (
            Machines.Contains(Path.GetDirectoryName(path)!.Replace('\\', '/'))
            && !Words.Contains(Path.GetFileName(path))
        );
}
