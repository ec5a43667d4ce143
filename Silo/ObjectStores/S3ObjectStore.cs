using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using MMOrleans.Learning.ObjectStores;

namespace MMOrleans.Silo.ObjectStores;

/// <summary>One bucket of S3, or of a store that speaks like it.</summary>
internal sealed class S3ObjectStore(Lazy<AmazonS3Client> client, string bucket) : IObjectStore
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
                try
                {
                    var request = new PutObjectRequest
                    {
                        BucketName = bucket,
                        Key = key,
                        FilePath = file,
                        // Stores that are only compatible may keep the chunks' signatures as part of the object.
                        UseChunkEncoding = false,
                        IfNoneMatch = onlyIfAbsent ? "*" : null,
                    };
                    await s3.PutObjectAsync(request, cancellationToken);
                    return true;
                }
                catch (AmazonS3Exception present)
                    when (onlyIfAbsent
                        && present.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict
                    )
                {
                    return false;
                }
            }
        );

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        AskAsync("s3:DeleteObject", s3 => s3.DeleteObjectAsync(bucket, key, cancellationToken));

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
