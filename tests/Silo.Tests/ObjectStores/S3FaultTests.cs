using System.Net;
using Amazon.Runtime;
using Amazon.S3;
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

    /// <summary>The client's own patience is over; a caller who gives up is told nothing of a store.</summary>
    [Fact]
    public void TimeOutIsOfTheStoreAndCancellationIsNot()
    {
        Assert.True(S3Fault.Is(new TimeoutException()));
        Assert.True(S3Fault.Is(new TaskCanceledException("The request timed out.", new TimeoutException())));
        Assert.False(S3Fault.Is(new TaskCanceledException()));
        Assert.False(S3Fault.Is(new OperationCanceledException()));
    }

    [Fact]
    public async Task AStoreThatIsAwayIsNamedWithTheVariablesThatNameIt()
    {
        using var stores = Stores("http://127.0.0.1:1");

        var fault = await Assert.ThrowsAsync<FaultException>(() =>
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

    [Theory]
    [InlineData(501, "NotImplemented")]
    [InlineData(501, "")]
    [InlineData(400, "InvalidArgument")]
    [InlineData(400, "InvalidRequest")]
    public async Task AStoreThatKnowsNoConditionsIsAskedForTheObjectInstead(int status, string code)
    {
        using var server = new OddStore(request =>
            request.Headers["If-None-Match"] is null ? null : (status, code)
        );
        using var stores = Stores(server.Address);
        using var folder = new Grains.Tests.TemporaryFolder();
        var bucket = stores.Open(new("my-bucket", ""));
        var token = TestContext.Current.CancellationToken;
        var (one, other) = (Path.Combine(folder.Path, "one"), Path.Combine(folder.Path, "other"));
        await File.WriteAllTextAsync(one, "one", token);
        await File.WriteAllTextAsync(other, "other", token);

        Assert.True(await bucket.WriteAsync("a/key", one, onlyIfAbsent: true, token));
        Assert.False(await bucket.WriteAsync("a/key", other, onlyIfAbsent: true, token));
        Assert.True(await bucket.WriteAsync("a/ke", other, onlyIfAbsent: true, token));

        Assert.Equal("one", System.Text.Encoding.UTF8.GetString(server.Objects["a/key"]));
        // Tried once; afterwards it is known.
        Assert.Single(server.Asked, asked => asked == "PUT *");
    }

    [Fact]
    public async Task WhatIsRefusedWithoutAConditionTooIsTold()
    {
        using var server = new OddStore(request =>
            request.HttpMethod == "PUT" ? (400, "InvalidRequest") : null
        );
        using var stores = Stores(server.Address);
        using var folder = new Grains.Tests.TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "content", TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAsync<FaultException>(() =>
            stores
                .Open(new("my-bucket", ""))
                .WriteAsync("key", file, onlyIfAbsent: true, TestContext.Current.CancellationToken)
        );

        Assert.Equal("MM5004", fault.Code);
        Assert.Equal(
            "bucket my-bucket answered s3:PutObject with 400 InvalidRequest: refused here",
            fault.Message
        );
    }

    [Theory]
    [InlineData(
        501,
        "NotImplemented",
        "does not know s3:ListBucket as it was asked (NotImplemented: refused here)"
    )]
    [InlineData(
        400,
        "AuthorizationHeaderMalformed",
        "answered s3:ListBucket with 400 AuthorizationHeaderMalformed"
    )]
    [InlineData(403, "RequestTimeTooSkewed", "this machine's clock is not the store's")]
    public async Task AStoreThatAnsweredIsNotSaidToBeSilent(int status, string code, string named)
    {
        using var server = new OddStore(_ => (status, code));
        using var stores = Stores(server.Address);

        var fault = await Assert.ThrowsAsync<FaultException>(() =>
            stores.Open(new("my-bucket", "")).ListAsync("", TestContext.Current.CancellationToken)
        );

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("did not answer", fault.Message, StringComparison.Ordinal);
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
