using MMOrleans.Client.Data;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;

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
        return context.Environment["MM_DATA_DIR"] is { } folder
            && !Directory.Exists(Path.GetFullPath(folder, context.WorkingFolder))
                ? new(
                    FindingLevel.Warning,
                    "data",
                    $"MM_DATA_DIR is {folder}, which is not a folder",
                    "correct it, or unset it to use the data cache"
                )
            : context.Environment["MM_DATA_DIR"] is { } own && !Holds(own, context)
                ? new(
                    FindingLevel.Warning,
                    "data",
                    $"MM_DATA_DIR is {own}, in which no data set is found",
                    $"mm data verify {Shell.Path(own)} says what is missing"
                )
            : new(FindingLevel.Ok, "data", $"{string.Join(", ", here)} here; others: mm data list");
    }

    private static bool Holds(string folder, CommandContext context)
    {
        try
        {
            DataPlace.Find(Path.GetFullPath(folder, context.WorkingFolder), context);
            return true;
        }
        catch (FaultException)
        {
            return false;
        }
    }
}
