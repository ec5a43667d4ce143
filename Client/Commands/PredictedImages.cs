using System.Text;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Commands;

/// <summary>The images that the words after a model mean: files, folders of them, and names that another program writes.</summary>
/// <param name="terminal">Told what of a folder is passed over.</param>
/// <param name="workingFolder">Relative paths are relative to it.</param>
/// <param name="input">What <c>-</c> stands for.</param>
/// <param name="endWithNull">Whether a NUL character ends each name there, rather than a line's end.</param>
internal sealed class PredictedImages(
    Terminal terminal,
    string workingFolder,
    TextReader input,
    bool endWithNull
)
{
    private const string StandardInput = "-";
    private const char Null = '\0';

    /// <summary>Each by the name that it is answered with, in order; or why a word means none.</summary>
    public IEnumerable<(string Name, FaultException? Fault)> Of(IEnumerable<string> words) =>
        words.SelectMany(word => word == StandardInput ? Named().SelectMany(In) : In(word));

    private IEnumerable<string> Named()
    {
        while ((endWithNull ? NextToNull() : input.ReadLine()) is { } name)
        {
            if (name.Contains(Null, StringComparison.Ordinal))
                throw new FaultException(
                    "MM1004",
                    "the names on standard input end with NUL characters, as find -print0 writes them, and lines are expected",
                    "add --null"
                );
            if (name.Length > 0)
                yield return name;
        }
    }

    private string? NextToNull()
    {
        var name = new StringBuilder();
        int letter;
        while ((letter = input.Read()) > Null)
            name.Append((char)letter);
        return letter < 0 && name.Length == 0 ? null : name.ToString();
    }

    private IEnumerable<(string Name, FaultException? Fault)> In(string word)
    {
        var path = Path.Combine(workingFolder, word);
        if (!Directory.Exists(path))
            return [(word, null)];
        var (images, passedOver) = (new List<string>(), new List<string>());
        try
        {
            Walk(path, images, passedOver);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return [(word, Unusable(word, fault.Message.TrimEnd('.'), fault))];
        }

        if (images.Count == 0)
            return [(word, Unusable(word, $"the folder holds no file that ends with {ImageFolder.Endings}"))];
        if (passedOver.Count > 0)
            terminal.Say(
                new Line().Add(
                    $"{word}: passed over {Figures.Count(passedOver.Count)} that by {(passedOver.Count == 1 ? "its name is not an image" : "their names are no images")}, such as {PredictCommand.Clean(Path.GetRelativePath(path, passedOver[0]))}",
                    "grey"
                )
            );
        return images.Select(image =>
            (Path.Combine(word, Path.GetRelativePath(path, image)), (FaultException?)null)
        );
    }

    // Links to folders are not followed: one may lead back.
    private static void Walk(string folder, List<string> images, List<string> passedOver)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            if (!HiddenNames.Contains(Path.GetFileName(file)))
                (ImageFolder.IsImage(file) ? images : passedOver).Add(file);
        foreach (var below in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            if (!HiddenNames.Contains(Path.GetFileName(below)) && new DirectoryInfo(below).LinkTarget is null)
                Walk(below, images, passedOver);
    }

    private static FaultException Unusable(string word, string why, Exception? inner = null) =>
        new("MM2005", $"{word} cannot be read: {why}", "name images, or a folder of them", inner);
}
