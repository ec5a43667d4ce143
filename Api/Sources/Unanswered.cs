namespace MMOrleans.Api.Sources;

/// <summary>Tells a grain that did not answer from one that refused.</summary>
internal static class Unanswered
{
    public static bool Is(Exception fault) =>
        fault
            is TimeoutException
                or OperationCanceledException
                or Orleans.Runtime.OrleansException
                or IOException
                or ObjectDisposedException
                or InvalidOperationException;
}
