using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Silo.ObjectStores;

/// <summary>Buckets that speak S3.</summary>
/// <remarks>Credentials, region and endpoint come by the SDK's usual chain, when a bucket is used for the first time; no run names them.</remarks>
internal sealed class S3ObjectStores : IObjectStores, IDisposable
{
    private readonly Lazy<AmazonS3Client> _client;
    private readonly S3Conditions _conditions;

    public S3ObjectStores(AmazonS3Config? config = null, ILoggerFactory? logging = null)
    {
        _conditions = new(new Logger<S3Conditions>(logging ?? NullLoggerFactory.Instance));
        _client = new(() =>
        {
            config ??= new();
            // Stores that are only compatible know no trailing checksums; the manifest's hashes find what these would.
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
            // A host of its own for each bucket is Amazon's; others rarely have the names for it.
            config.ForcePathStyle = true;
            return new(config);
        });
    }

    public IObjectStore Open(ObjectStoreAddress address) =>
        new S3ObjectStore(_client, address.Bucket, _conditions);

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }
}
