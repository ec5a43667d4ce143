using System.Text;
using MMOrleans.Configuration.Keys;

namespace MMOrleans.Configuration.Keys;

/// <summary>Writes keys and values as a configuration file.</summary>
internal static class ConfigurationWriter
{
    private const string OriginMark = " # from ";

    /// <summary>With the place that each value came from behind it.</summary>
    public static string WriteWithOrigins(IReadOnlyList<KeyOrigin> lines)
    {
        var origins = lines.ToDictionary(line => line.Key, line => line.Origin);
        return Write(lines, key => $"from {origins[key]}");
    }

    /// <summary>A line without where its value came from.</summary>
    public static string WithoutOrigin(string line) =>
        line.LastIndexOf(OriginMark, StringComparison.Ordinal) is > 0 and var mark
            ? line[..mark].TrimEnd()
            : line;

    /// <param name="lines">In the order of the table.</param>
    /// <param name="comment">Text after a value; null for none.</param>
    public static string Write(IEnumerable<KeyOrigin> lines, Func<string, string?>? comment = null)
    {
        var text = new StringBuilder();
        var open = Array.Empty<string>();
        foreach (var line in lines)
        {
            var path = line.Key.Split('.');
            var common = 0;
            while (common < Math.Min(open.Length, path.Length - 1) && open[common] == path[common])
                common++;
            for (var depth = common; depth < path.Length - 1; depth++)
                text.Append(' ', 2 * depth).Append(path[depth]).Append(":\n");
            open = path[..^1];
            var own = $"{new string(' ', 2 * (path.Length - 1))}{path[^1]}: {line.Value}";
            text.Append(comment?.Invoke(line.Key) is { } remark ? $"{own, -44} # {remark}" : own)
                .Append('\n');
        }

        return text.ToString();
    }
}
