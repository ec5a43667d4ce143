using System.Text.Json;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Output;

/// <summary>Reads single settings out of a run's record, where they are kept as the run's grain wrote them.</summary>
internal static class SettingsOf
{
    /// <summary>A text; null when the run has no such setting.</summary>
    public static string? Text(RunRecord record, params string[] path) =>
        Find(record, path) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A whole number; null when the run has no such setting.</summary>
    public static int? Number(RunRecord record, params string[] path) =>
        Find(record, path) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : null;

    /// <summary>A truth value; null when the run has no such setting.</summary>
    public static bool? Truth(RunRecord record, params string[] path) =>
        Find(record, path) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value
            ? value.GetBoolean()
            : null;

    private static JsonElement? Find(RunRecord record, string[] path)
    {
        if (record.Settings is not { } element)
        {
            return null;
        }

        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }
}
