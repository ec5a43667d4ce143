using System.Net;
using Amazon.Runtime;

namespace MMOrleans.Silo.ObjectStores;

/// <summary>Turns what a store says, or that it says nothing, into MM5004, MM5005 or MM5006.</summary>
internal static class S3Fault
{
    /// <summary>Whether an exception is about the store at all.</summary>
    public static bool Is(Exception exception) =>
        exception
            is AmazonClientException
                or AmazonServiceException
                or HttpRequestException
                or HttpIOException
                or TimeoutException
                or TaskCanceledException { InnerException: TimeoutException }; // the client's own patience; a caller's has none within

    /// <summary>Whether a store refuses a request for its condition (<c>If-None-Match</c>), which many that speak S3 do not know.</summary>
    public static bool IsOfCondition(AmazonServiceException refused) =>
        refused.StatusCode == HttpStatusCode.NotImplemented
        || refused.ErrorCode == "NotImplemented"
        || (
            refused.StatusCode == HttpStatusCode.BadRequest
            && refused.ErrorCode is "InvalidArgument" or "InvalidRequest" or "UnsupportedHeader"
        );

    /// <summary>What happened, and what to do.</summary>
    /// <param name="bucket">Its name.</param>
    /// <param name="action">What was not done, as policies of S3 call it.</param>
    /// <param name="exception">What the SDK said after its own attempts.</param>
    public static FaultException Of(string bucket, string action, Exception exception) =>
        exception switch
        {
            AmazonServiceException { ErrorCode: "NoSuchBucket" } => new(
                "MM5006",
                $"there is no bucket {bucket}: {action} has no place",
                "make the bucket, or name another with checkpoint.path",
                exception
            ),
            AmazonServiceException { ErrorCode: "RequestTimeTooSkewed" } => new(
                "MM5005",
                $"bucket {bucket} denies {action}, since this machine's clock is not the store's",
                "set the clock of this machine: timedatectl set-ntp true",
                exception
            ),
            AmazonServiceException
            {
                StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized
            } denied => new(
                "MM5005",
                $"bucket {bucket} denies {action} ({denied.ErrorCode})",
                $"allow {action} on it to these credentials, or give others by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role",
                exception
            ),
            AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented } lacking => new(
                "MM5004",
                $"bucket {bucket} is in a store that does not know {action} as it was asked ({Said(lacking)})",
                "use a newer version of the store, or another one; what mm asks of it is in docs/kubernetes.md",
                exception
            ),
            AmazonServiceException { StatusCode: > 0 } answered => new(
                "MM5004",
                $"bucket {bucket} answered {action} with {(int)answered.StatusCode} {Said(answered)}",
                (int)answered.StatusCode >= 500
                    ? "look at the store's own log; the next checkpoint is tried again"
                    : "see that AWS_ENDPOINT_URL_S3 and AWS_REGION name the bucket's store and region; the next checkpoint is tried again",
                exception
            ),
            _ => new(
                "MM5004",
                $"bucket {bucket} did not answer {action}: {exception.Message.TrimEnd('.')}",
                "see that the store runs and that AWS_ENDPOINT_URL_S3 and AWS_REGION name it; the next checkpoint is tried again",
                exception
            ),
        };

    private static string Said(AmazonServiceException fault) =>
        string.IsNullOrEmpty(fault.ErrorCode)
        || fault.Message.Contains(fault.ErrorCode, StringComparison.Ordinal)
            ? fault.Message.TrimEnd('.')
            : $"{fault.ErrorCode}: {fault.Message.TrimEnd('.')}";
}
