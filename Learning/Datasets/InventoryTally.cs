using MMOrleans.Runs.Folders;

namespace MMOrleans.Learning.Datasets;

/// <summary>Counts, while a listing is made, what is not taken.</summary>
internal sealed class InventoryTally
{
    public const string HiddenFolders = "hidden and system folders";
    public const string HiddenFiles = "hidden and system files";
    private const int MostExamples = 3;

    private readonly Dictionary<string, (int Count, List<string> Examples)> _kinds = [];
    private readonly List<string> _damaged = [];

    public IReadOnlyList<PassedOver> PassedOver =>
        [
            .. _kinds
                .OrderBy(kind => kind.Key, StringComparer.Ordinal)
                .Select(kind => new PassedOver(kind.Key, kind.Value.Count, kind.Value.Examples)),
        ];

    /// <summary>What cannot be read and belongs to no image, such as a broken link.</summary>
    public IReadOnlyList<string> Damaged => _damaged;

    /// <summary>What lies there instead of images, as a sentence's end.</summary>
    public string Words =>
        _kinds.Count == 0 && _damaged.Count == 0
            ? "nothing lies there"
            : $"there are {string.Join("; ", PassedOver.Select(kind => kind.ToString()).Concat(_damaged))}";

    /// <param name="kind">In the plural.</param>
    /// <param name="name">From the data set's folder on.</param>
    public void Pass(string kind, string name)
    {
        var (count, examples) = _kinds.GetValueOrDefault(kind, (0, []));
        if (examples.Count < MostExamples)
            examples.Add(name);
        _kinds[kind] = (count + 1, examples);
    }

    /// <summary>Passes over a file that is not an image by its ending.</summary>
    /// <param name="name">From the data set's folder on.</param>
    /// <param name="what"><c>files</c>, or <c>members</c> of an archive.</param>
    public void PassEnding(string name, string what = "files") =>
        Pass(
            Path.GetExtension(name).ToLowerInvariant() is { Length: > 1 } ending
                ? $"{ending} {what}"
                : $"{what} without an ending",
            name
        );

    public void Damage(string message) => _damaged.Add(message);
}
