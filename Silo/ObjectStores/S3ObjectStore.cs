using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Silo.ObjectStores;

/// <summary>One bucket of S3, or of a store that speaks like it.</summary>
/// <param name="client">To ask with.</param>
/// <param name="bucket">Its name.</param>
/// <param name="conditions">Whether the store knows conditions, as far as it was asked.</param>
internal sealed class S3ObjectStore(Lazy<AmazonS3Client> client, string bucket, S3Conditions conditions)
    : IObjectStore
{
    public Task<IReadOnlyList<StoredObject>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<StoredObject>>(
            "s3:ListBucket",
            async s3 =>
            {
                List<StoredObject> objects = [];
                var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
                ListObjectsV2Response page;
                do
                {
                    page = await s3.ListObjectsV2Async(request, cancellationToken);
                    objects.AddRange(
                        (page.S3Objects ?? []).Select(o => new StoredObject(
                            o.Key,
                            o.Size ?? 0,
                            (o.LastModified ?? DateTime.MaxValue).ToUniversalTime()
                        ))
                    );
                    request.ContinuationToken = page.NextContinuationToken;
                } while (page.IsTruncated == true);
                return objects;
            }
        );

    public Task<bool> ReadAsync(string key, Stream into, CancellationToken cancellationToken) =>
        AskAsync(
            "s3:GetObject",
            async s3 =>
            {
                try
                {
                    using var answer = await s3.GetObjectAsync(bucket, key, cancellationToken);
                    await answer.ResponseStream.CopyToAsync(into, cancellationToken);
                    return true;
                }
                catch (AmazonS3Exception absent) when (absent.ErrorCode == "NoSuchKey")
                {
                    return false;
                }
            }
        );

    public Task<bool> WriteAsync(
        string key,
        string file,
        bool onlyIfAbsent,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            "s3:PutObject",
            async s3 =>
            {
                if (onlyIfAbsent && conditions.AreKnown)
                    try
                    {
                        await PutAsync(s3, key, file, "*", cancellationToken);
                        return true;
                    }
                    catch (AmazonS3Exception present)
                        when (present.StatusCode
                                is HttpStatusCode.PreconditionFailed
                                    or HttpStatusCode.Conflict
                        )
                    {
                        return false;
                    }
                    catch (AmazonS3Exception refused) when (S3Fault.IsOfCondition(refused))
                    {
                        // If it was not for the condition, the request without one is refused too and told.
                    }

                // A store that knows no conditions is asked whether the object is there. Between the question and the answer another
                // writer can come: objects are named by their content, and a run's manifest of one round is the same from every writer.
                if (onlyIfAbsent && await IsThereAsync(s3, key, cancellationToken))
                    return false;
                await PutAsync(s3, key, file, null, cancellationToken);
                if (onlyIfAbsent)
                    conditions.AreRefused(bucket);
                return true;
            }
        );

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        AskAsync("s3:DeleteObject", s3 => s3.DeleteObjectAsync(bucket, key, cancellationToken));

    private Task<PutObjectResponse> PutAsync(
        AmazonS3Client s3,
        string key,
        string file,
        string? condition,
        CancellationToken cancellationToken
    ) =>
        s3.PutObjectAsync(
            new()
            {
                BucketName = bucket,
                Key = key,
                FilePath = file,
                // Stores that are only compatible may keep the chunks' signatures as part of the object.
                UseChunkEncoding = false,
                IfNoneMatch = condition,
            },
            cancellationToken
        );

    // By a list, which is asked for anyhow: of an object alone, who may not list gets 403 where there is none.
    private async Task<bool> IsThereAsync(AmazonS3Client s3, string key, CancellationToken cancellationToken)
    {
        var page = await s3.ListObjectsV2Async(
            new()
            {
                BucketName = bucket,
                Prefix = key,
                MaxKeys = 1,
            },
            cancellationToken
        );
        return page.S3Objects?.Any(o => o.Key == key) == true;
    }

    private async Task<T> AskAsync<T>(string action, Func<AmazonS3Client, Task<T>> ask)
    {
        try
        {
            return await ask(client.Value);
        }
        catch (Exception fault) when (S3Fault.Is(fault))
        {
            throw S3Fault.Of(bucket, action, fault);
        }
    }
}
