using CsCheck;
using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration.Tests;

/// <summary>What people write for a cluster is taken apart, or refused with what is wrong about it.</summary>
public sealed class ClusterNameTests
{
    [Theory]
    [InlineData("[::1]:31000", "::1", 31000)]
    [InlineData("[::1]", "::1", 30000)]
    [InlineData("::1", "::1", 30000)]
    [InlineData("fe80::1", "fe80::1", 30000)]
    [InlineData("[2001:db8::7]:1", "2001:db8::7", 1)]
    [InlineData("localhost", "localhost", 30000)]
    [InlineData("127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("mm-silo.ml.svc.cluster.local:30000", "mm-silo.ml.svc.cluster.local", 30000)]
    [InlineData("my_silo_1:30000", "my_silo_1", 30000)]
    [InlineData(" mm-silo:30000 ", "mm-silo", 30000)]
    public void AGatewayIsHostAndPort(string text, string host, int port) =>
        Assert.Equal((host, port), Assert.Single(ClusterName.Read(text, out _)!.Gateways));

    [Theory]
    [InlineData("a:b", "'b' is not a port", "a:30000")]
    [InlineData("a:0", "'0' is not a port", "a:30000")]
    [InlineData("a:65536", "'65536' is not a port", "a:30000")]
    [InlineData("a:", "'' is not a port", "a:30000")]
    [InlineData("::1:3000", "leaves open where the address of IPv6 ends", "[::1]:3000")]
    [InlineData("[::1", "has no address of IPv6 in its brackets", "[::1]:30000")]
    [InlineData("[x]:1", "has no address of IPv6 in its brackets", "[::1]:30000")]
    [InlineData("a:1,,b:2", "a host is missing", "mm-silo:30000")]
    [InlineData("@a:1", "the cluster's name before @ is missing", "NAME@a:1")]
    [InlineData("a/b:1", "'a/b' is not a name of a host", "mm-silo:30000")]
    [InlineData("ftp://a", "neither http://HOST[:PORT] nor https://HOST[:PORT]", "https://mm.example.org")]
    [InlineData("https://u:secret@a/x", "holds no user and no password", "https://a")]
    [InlineData("https://a/x?y=1", "nothing may follow its path", "https://a/x")]
    public void WhatIsNoAddressIsRefusedWithTheReasonAndAnAddress(string text, string why, string instead)
    {
        Assert.Null(ClusterName.Read(text, out var refusal));
        Assert.Contains(why, refusal.Why);
        Assert.DoesNotContain("secret", refusal.Why + refusal.Instead);
        Assert.Equal(instead, refusal.Instead);
        Assert.NotNull(ClusterName.Read(refusal.Instead, out _));
    }

    [Fact]
    public void AnyHostAndPortAsTheyAreWrittenAreReadBack() =>
        Gen.Select(
                OneOf("h", "mm-silo.ml.svc", "10.0.0.1", "::1", "2001:db8::1:3000"),
                Gen.Int[1, 65535],
                OneOf("", "other@")
            )
            .Sample(
                (host, port, cluster) =>
                {
                    var read = ClusterName.Read(cluster + ClusterName.Write(host, port), out _)!;
                    Assert.Equal((host, port), Assert.Single(read.Gateways));
                    Assert.Equal(cluster.Length > 0 ? "other" : "mmorleans", read.ClusterId);
                }
            );

    [Theory]
    [InlineData("https://mm.example.org/sub/path")]
    [InlineData("http://[::1]:8080")]
    [InlineData("https://mm.example.org:8443/sub/")]
    public void AnAddressOfTheWebKeepsItsPath(string text) =>
        Assert.Equal(new Uri(text), ClusterName.Read(text, out _)!.Rest);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("none")]
    [InlineData("local")]
    public void NoClusterHasAWord(string text)
    {
        Assert.True(ClusterName.IsNone(text));
        Assert.Null(
            RunConfiguration
                .Resolve(
                    new()
                    {
                        WorkingFolder = null,
                        Flags = [("--cluster", "distribution.cluster", text)],
                        Environment = new(
                            new Dictionary<string, string> { ["MM_CLUSTER"] = "mm-silo:30000" }
                        ),
                    }
                )
                .Cluster
        );
    }

    private static Gen<string> OneOf(params string[] words) =>
        Gen.Int[0, words.Length - 1].Select(i => words[i]);
}
