namespace MMOrleans.Learning.Datasets;

/// <summary>Which class belongs to which image of a tar shard.</summary>
/// <remarks>
/// WebDataset takes the name up to its first dot for the key of a sample, and people have names with dots. So an image's class is the
/// <c>.cls</c> of the same name but for the ending (<c>img_3.5.png</c>, <c>img_3.5.cls</c>), and only where there is none that of its
/// key (<c>7.left.png</c>, <c>7.cls</c>).
/// </remarks>
internal static class ShardPairs
{
    private const string ClassEnding = ".cls";

    /// <summary>Each image with its class, in the order of the images.</summary>
    /// <param name="shard">What an error calls the shard.</param>
    /// <param name="members">Everything in it.</param>
    /// <param name="tally">Counts what is not taken.</param>
    /// <exception cref="FaultException">MM2004: an image without a class, a key twice, or two images of one key.</exception>
    public static IReadOnlyList<(TarMember Image, TarMember Class)> Of(
        string shard,
        IEnumerable<TarMember> members,
        InventoryTally tally
    )
    {
        var (images, classes) = (
            new Dictionary<string, TarMember>(StringComparer.Ordinal),
            new Dictionary<string, TarMember>(StringComparer.Ordinal)
        );
        var (order, others) = (new List<string>(), new List<TarMember>());
        foreach (var member in members)
            if (HiddenNames.IsOn(member.Name))
                tally.Pass("hidden and system members", $"{shard}/{member.Name}");
            else if (!member.IsFile)
                others.Add(member);
            else if (ImageFolder.IsImage(member.Name))
            {
                if (!images.TryAdd(Stem(member.Name), member))
                    throw Twice(shard, images[Stem(member.Name)].Name, member.Name);
                order.Add(Stem(member.Name));
            }
            else if (member.Name.EndsWith(ClassEnding, StringComparison.OrdinalIgnoreCase))
            {
                if (!classes.TryAdd(Stem(member.Name), member))
                    throw Twice(shard, classes[Stem(member.Name)].Name, member.Name);
            }
            else
                others.Add(member);

        var pairs = new List<(TarMember, TarMember)>();
        var taken = new Dictionary<string, TarMember>(StringComparer.Ordinal);
        foreach (var stem in order)
        {
            var image = images[stem];
            var key = classes.ContainsKey(stem) ? stem : Key(image.Name);
            if (!classes.TryGetValue(key, out var @class))
                throw new FaultException(
                    "MM2004",
                    $"{shard} has the image {image.Name} without {stem}{ClassEnding}, so that its class is unknown",
                    "write the shard anew with the class beside each image"
                );
            if (key != stem && images.ContainsKey(key))
                tally.Pass("further images of a key", $"{shard}/{image.Name}");
            else if (taken.TryAdd(key, image))
                pairs.Add((image, @class));
            else
                throw new FaultException(
                    "MM2004",
                    $"{shard} has two images of the key {key}, {taken[key].Name} and {image.Name}, and one class for both",
                    "write the shard anew with one image a key"
                );
        }

        foreach (var (key, @class) in classes.Where(one => !taken.ContainsKey(one.Key)))
            tally.Pass("classes (.cls) without an image", $"{shard}/{@class.Name}");
        foreach (var other in others)
            if (other.IsFile)
                tally.PassEnding($"{shard}/{other.Name}", "members");
            else
                tally.Pass("members that are links or devices", $"{shard}/{other.Name}");
        return pairs;
    }

    private static FaultException Twice(string shard, string first, string second) =>
        new(
            "MM2004",
            first == second
                ? $"{shard} holds {first} twice, so that the key {Stem(first)} has more than one image or class"
                : $"{shard} has two files of the key {Stem(first)}, {first} and {second}, of which one could belong to it",
            "write the shard anew with one image and one class a key"
        );

    /// <summary>A member's name without its last ending.</summary>
    public static string Stem(string name) => name[..^Path.GetExtension(name).Length];

    /// <summary>WebDataset's key: up to the first dot of the name in its folder.</summary>
    private static string Key(string name)
    {
        var dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
        return dot < 0 ? name : name[..dot];
    }
}
