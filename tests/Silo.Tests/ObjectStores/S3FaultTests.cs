using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using MMOrleans.Learning;
using MMOrleans.Silo.ObjectStores;

namespace MMOrleans.Silo.Tests.ObjectStores;

public sealed class S3FaultTests
{
    [Fact]
    public void DeniedAccessNamesTheBucketAndTheAction()
    {
        var fault = S3Fault.Of("my-bucket", "s3:PutObject", Said("AccessDenied", HttpStatusCode.Forbidden));

        Assert.Equal("MM5005", fault.Code);
        Assert.Equal("bucket my-bucket denies s3:PutObject (AccessDenied)", fault.Message);
        Assert.Contains("allow s3:PutObject", fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingBucketIsNoMissingAnswer() =>
        Assert.Equal(
            "MM5006",
            S3Fault.Of("my-bucket", "s3:ListBucket", Said("NoSuchBucket", HttpStatusCode.NotFound)).Code
        );

    [Fact]
    public async Task AStoreThatIsAwayIsNamedWithTheVariablesThatNameIt()
    {
        using var stores = Stores("http://127.0.0.1:1");

        var fault = await Assert.ThrowsAsync<LearningFault>(() =>
            stores.Open(new("my-bucket", "")).ListAsync("", TestContext.Current.CancellationToken)
        );

        Assert.Equal("MM5004", fault.Code);
        Assert.Contains("my-bucket", fault.Message, StringComparison.Ordinal);
        Assert.Contains("AWS_ENDPOINT_URL_S3", fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnObjectThatIsThereIsLeftAndTheStoreIsAskedForItsCondition()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var asked = Task.Run(async () =>
        {
            var context = await listener.GetContextAsync();
            var condition = context.Request.Headers["If-None-Match"];
            await context.Request.InputStream.CopyToAsync(Stream.Null);
            context.Response.StatusCode = (int)HttpStatusCode.PreconditionFailed;
            context.Response.Close();
            return condition;
        });
        using var stores = Stores($"http://127.0.0.1:{port}");
        using var folder = new Grains.Tests.TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "content", TestContext.Current.CancellationToken);

        var isWritten = await stores
            .Open(new("my-bucket", ""))
            .WriteAsync("key", file, onlyIfAbsent: true, TestContext.Current.CancellationToken);

        Assert.False(isWritten);
        Assert.Equal("*", await asked);
    }

    private static S3ObjectStores Stores(string address) =>
        new(
            new AmazonS3Config
            {
                ServiceURL = address,
                AuthenticationRegion = "us-east-1",
                MaxErrorRetry = 0,
                DefaultAWSCredentials = new BasicAWSCredentials("some", "secret"),
            }
        );

    private static AmazonS3Exception Said(string code, HttpStatusCode status) =>
        new("said", ErrorType.Sender, code, "1", status);
}
