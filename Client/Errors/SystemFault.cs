using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Errors;

/// <summary>
/// What the operating system refuses on a path that no verb looked at more closely: one error for all of them, since cause and path are the
/// system's own words, and no fault of the program.
/// </summary>
internal static class SystemFault
{
    /// <summary>Null for anything else than a refusal of the operating system.</summary>
    public static FaultException? Of(Exception exception) =>
        exception switch
        {
            _ when StorageFault.Is(exception) && !Directory.Exists(Path.GetTempPath()) => new(
                "MM5007",
                $"there is no folder {Path.GetTempPath()} for temporary files",
                "set TMPDIR to a folder that is there",
                exception
            ),
            AggregateException { InnerExceptions: [var only] } => Of(only),
            _ when StorageFault.Is(exception) => new(
                "MM5007",
                exception.Message.TrimEnd('.'),
                exception switch
                {
                    UnauthorizedAccessException =>
                        "give this user the right to it, or name a place that it may use",
                    FileNotFoundException or DirectoryNotFoundException => "look at the path",
                    PathTooLongException => "name a shorter path",
                    _ when StorageFault.IsFull(exception) =>
                        "free some space, or name a place on another disk",
                    _ => "look at the path: it may be of another kind, such as a folder in place of a file",
                },
                exception
            ),
            _ => null,
        };

    /// <summary>The current folder was removed, or may not be entered.</summary>
    public static FaultException NoWorkingFolder(Exception exception) =>
        new(
            "MM5007",
            $"the current folder cannot be used: {exception.Message.TrimEnd('.')}",
            "cd to a folder that is there, and run it again",
            exception
        );
}
