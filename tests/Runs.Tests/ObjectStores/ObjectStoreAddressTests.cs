using MMOrleans.Runs.ObjectStores;
using Xunit;

namespace MMOrleans.Runs.Tests.ObjectStores;

public sealed class ObjectStoreAddressTests
{
    [Theory]
    [InlineData("s3://runs", "runs", "")]
    [InlineData("s3://my-bucket/a/b.c/", "my-bucket", "a/b.c")]
    public void AnAddressIsABucketAndAPrefix(string text, string bucket, string prefix) =>
        Assert.Equal(new(bucket, prefix), ObjectStoreAddress.Parse("checkpoint.path", text));

    [Theory]
    [InlineData("/runs")]
    [InlineData("http://bucket/runs")]
    [InlineData("s3://")]
    [InlineData("s3://mm/runs")] // S3 has no bucket of two letters
    [InlineData("s3://Bucket/runs")]
    [InlineData("s3://bucket//runs")]
    [InlineData("s3://bucket/../other")]
    [InlineData("s3://key:secret@bucket/runs")]
    public void WhatIsNoAddressIsRefusedWithOneThatIs(string text)
    {
        var fault = Assert.Throws<FaultException>(() => ObjectStoreAddress.Parse("checkpoint.path", text));

        Assert.Equal("MM1004", fault.Code);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
        Assert.Equal("s3://my-bucket/runs", fault.Fix);
    }

    [Theory]
    [InlineData("s3://bucket/runs", "s3://bucket/runs/team", true)]
    [InlineData("s3://bucket/runs", "s3://bucket/runs", true)]
    [InlineData("s3://bucket", "s3://bucket/runs", true)]
    [InlineData("s3://bucket/runs", "s3://bucket/runs-of-others", false)]
    [InlineData("s3://bucket/runs", "s3://bucket", false)]
    [InlineData("s3://bucket/runs", "s3://other/runs", false)]
    public void APlaceHoldsWhatLiesBelowIt(string place, string other, bool holds) =>
        Assert.Equal(holds, ObjectStoreAddress.Parse("a", place).Holds(ObjectStoreAddress.Parse("b", other)));
}
