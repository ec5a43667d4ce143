using MMOrleans.Client.Data;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Which data sets are on this machine.</summary>
internal static class DataCheck
{
    public static Finding Run(CommandContext context)
    {
        var here = DataPlace
            .All(context)
            .Where(place => place.IsThere)
            .Select(place => place.Dataset)
            .ToList();
        return
            context.Environment["MM_DATA_DIR"] is { } folder
            && !Directory.Exists(Path.GetFullPath(folder, context.WorkingFolder))
            ? new(
                FindingLevel.Warning,
                "data",
                $"MM_DATA_DIR is {folder}, which is no folder",
                "correct it, or unset it to use the data cache"
            )
            : new(FindingLevel.Ok, "data", $"{string.Join(", ", here)} here; others: mm data list");
    }
}
