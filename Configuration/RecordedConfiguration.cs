using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Values;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Configuration;

/// <summary>The configuration of a run as its folder keeps it, with the images where the run's record has them.</summary>
/// <remarks>
/// <c>run.yaml</c> is written once. The record is newer: a run may have been gone on with by <c>--data-dir</c>. And earlier versions wrote the
/// path into <c>run.yaml</c> as it was typed, relative to a folder that is not known any more.
/// </remarks>
public static class RecordedConfiguration
{
    private const string Section = "dataset:";
    private const string Key = "  path: ";

    /// <summary>The text, which starts the same run again from any folder.</summary>
    /// <exception cref="FaultException">MM5001: a file of the run cannot be read.</exception>
    public static string Read(RunFolder folder)
    {
        var path = DataPath(RunRecord.Read(folder.Record));
        try
        {
            return WithDataPath(File.ReadAllText(folder.Configuration), path);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw new FaultException(
                "MM5001",
                $"{folder.Configuration} cannot be read: {fault.Message.TrimEnd('.')}",
                "restore the file from a copy of the run's folder",
                fault
            );
        }
    }

    /// <summary>Where the images of a run are; null where the cluster that trained it decides.</summary>
    public static string? DataPath(RunRecord record) => record.Settings?.DataPath;

    /// <summary>The text with another path of the images; as it is where it has none, or none is known.</summary>
    internal static string WithDataPath(string yaml, string? path)
    {
        if (path is null)
            return yaml;
        var lines = yaml.Split('\n');
        var section = Array.IndexOf(lines, Section);
        if (section < 0)
            return yaml;
        for (var i = section + 1; i < lines.Length && lines[i].StartsWith(' '); i++)
            if (lines[i].StartsWith(Key, StringComparison.Ordinal))
            {
                var value = ConfigurationWriter.WithoutOrigin(lines[i]);
                var written = SettingValue.Quote(path);
                // A path that stands there is left with the remark on who said it.
                if (value != Key + written)
                    lines[i] = Key + written + lines[i][value.Length..];
                break;
            }

        return string.Join('\n', lines);
    }
}
