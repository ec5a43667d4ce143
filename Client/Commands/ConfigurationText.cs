using System.Text;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Commands;

/// <summary>The text of a configuration file that was named on the command line; <c>-</c> is standard input.</summary>
internal static class ConfigurationText
{
    private const string StandardInput = "-";

    /// <summary>How messages name it.</summary>
    public static string NameOf(string file) => file == StandardInput ? "standard input" : file;

    /// <exception cref="FaultException">MM1006: it cannot be read, or holds something else than text.</exception>
    public static string Read(string file, CommandContext context)
    {
        if (file == StandardInput)
            return Whole(context.Input, NameOf(file));
        var path = Path.Combine(context.WorkingFolder, file);
        if (Directory.Exists(path))
            throw new FaultException(
                "MM1006",
                $"{file} is a folder, a configuration is a file",
                Instead(file, path)
            );
        try
        {
            using var bytes = File.OpenRead(path);
            using var text = new StreamReader(bytes, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return Whole(text, file);
        }
        catch (DecoderFallbackException fault)
        {
            throw NotText(file, fault);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FaultException(
                "MM1006",
                $"there is no file {file}",
                $"look at the path, or write one: mm config init {Shell.Path(file)}",
                fault
            );
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM1006",
                $"{file} cannot be read: {fault.Message}",
                "give a file that this user may read",
                fault
            );
        }
    }

    // Nothing says how long a device or a pipe is: reading ends soon after the longest configuration.
    private static string Whole(TextReader reader, string name)
    {
        var text = new StringBuilder();
        var buffer = new char[1 << 14];
        while (
            text.Length <= YamlReader.LargestFile && reader.Read(buffer, 0, buffer.Length) is > 0 and var read
        )
            text.Append(buffer, 0, read);
        if (text.Length > YamlReader.LargestFile)
            throw new FaultException(
                "MM1006",
                $"{name} has more than {YamlReader.LargestFile:N0} characters, too many for a configuration",
                "name the configuration, not the data"
            );
        var whole = text.ToString();
        return whole.Contains('\0', StringComparison.Ordinal) ? throw NotText(name, null) : whole;
    }

    private static FaultException NotText(string name, Exception? fault) =>
        new(
            "MM1006",
            $"{name} is not text in UTF-8, so it is not a configuration",
            "name the YAML file; one in another encoding is saved anew as UTF-8",
            fault
        );

    private static string Instead(string folder, string path)
    {
        string[] inside;
        try
        {
            inside = [.. Directory.EnumerateFiles(path, "*.yaml").Order(StringComparer.Ordinal).Take(1)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            inside = [];
        }

        return inside is [var file]
            ? $"name the file, such as {Shell.Path(Path.Combine(folder, Path.GetFileName(file)))}"
            : $"name a file; for a folder of images: mm train --dataset image-folder --data-dir {Shell.Path(folder)}";
    }
}
