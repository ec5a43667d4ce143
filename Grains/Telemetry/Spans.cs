using System.Diagnostics;

namespace MMOrleans.Grains.Telemetry;

/// <summary>Makes spans whose parents and times are given, never taken from whatever happens to run.</summary>
internal static class Spans
{
    /// <returns>Null when nobody listens.</returns>
    public static Activity? Begin(
        this ActivitySource source,
        string name,
        ActivityContext parent,
        DateTimeOffset start,
        IEnumerable<ActivityContext>? links = null
    )
    {
        var ambient = Activity.Current;
        Activity.Current = null; // without a parent of its own a span would hang itself under this one
        try
        {
            return source.StartActivity(
                name,
                ActivityKind.Internal,
                parent,
                tags: null,
                links?.Where(link => link != default).Select(link => new ActivityLink(link)),
                start
            );
        }
        finally
        {
            Activity.Current = ambient;
        }
    }

    public static void End(this Activity activity, DateTimeOffset end, string? errorCode = null)
    {
        if (errorCode is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error).SetTag(Tags.ErrorType, errorCode);
        }

        var ambient = Activity.Current;
        activity.SetEndTime(end.UtcDateTime);
        activity.Dispose(); // also makes current what was current at its start
        Activity.Current = ambient;
    }

    public static ActivityContext ContextOrNone(this Activity? activity) => activity?.Context ?? default;
}
