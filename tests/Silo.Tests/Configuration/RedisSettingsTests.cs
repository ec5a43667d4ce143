using System.Net;
using System.Text;
using CsCheck;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Tests.Configuration;

/// <summary>What people write for Redis, and what they put into the file of its password.</summary>
public sealed class RedisSettingsTests : IDisposable
{
    private readonly Grains.Tests.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void APasswordIsWhatTheFileHoldsWhateverItsLetters() =>
        Gen.String[Gen.Char[" ,=:;@%#\"'\\$&/?ab1äß密\t"], 1, 20]
            .Where(text => !string.IsNullOrWhiteSpace(text))
            .Sample(
                password =>
                {
                    var file = Path.Combine(_folder.Path, $"{Guid.NewGuid():n}");
                    foreach (var end in (string[])["", "\n", "\r\n"])
                    {
                        File.WriteAllText(file, password + end);

                        var redis = Read(new() { ["Redis"] = "redis:6379", ["RedisPasswordFile"] = file })!;

                        Assert.Equal(password, redis.Options().Password);
                        Assert.Equal("redis:6379", redis.Address);
                    }
                },
                iter: 200,
                threads: 1
            );

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \r\n")]
    [InlineData("one\ntwo\n")]
    [InlineData("PASSWORD=one\nUSER=two")]
    public void AFileThatIsNoPasswordIsRefusedAndNotRepeated(string content)
    {
        var file = Path.Combine(_folder.Path, "secret");
        File.WriteAllText(file, content);

        var fault = Assert.Throws<FaultException>(() => RedisSource.Password(file));

        Assert.Equal("MM1004", fault.Code);
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileInAnotherEncodingIsNotSentAsQuestionMarks()
    {
        var file = Path.Combine(_folder.Path, "secret");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes("größe"));

        Assert.Contains("UTF-8", Assert.Throws<FaultException>(() => RedisSource.Password(file)).Message);
    }

    [Theory]
    [InlineData("redis", "redis:6379")]
    [InlineData("redis:7000", "redis:7000")]
    [InlineData("my_redis.ml.svc:6379", "my_redis.ml.svc:6379")]
    [InlineData("10.0.0.7", "10.0.0.7:6379")]
    [InlineData("::1", "[::1]:6379")]
    [InlineData("[::1]", "[::1]:6379")]
    [InlineData("[fd00::7]:7000", "[fd00::7]:7000")]
    [InlineData("a:1, b:2", "a:1,b:2")]
    [InlineData("a:1,ssl=true,defaultDatabase=2", "a:1")]
    [InlineData("a,ssl=true", "a:6380")]
    [InlineData("redis://a", "a:6379")]
    [InlineData("redis://me@[::1]:7000/3", "[::1]:7000")]
    [InlineData("rediss://a.b.c:6380/", "a.b.c:6380")]
    public void AnAddressIsReadAsItIsWrittenElsewhere(string text, string address) =>
        Assert.Equal(address, RedisSettings.Parse(text).Address);

    [Fact]
    public void AUrlNamesUserDatabaseAndTls()
    {
        var options = RedisSettings.Parse("rediss://m%40e@a/3", password: "p").Options();

        Assert.Equal(
            ("m@e", "p", 3, true),
            (options.User, options.Password, options.DefaultDatabase, options.Ssl)
        );
        Assert.Equal(new DnsEndPoint("a", 6379), Assert.Single(options.EndPoints));
        Assert.False(options.AbortOnConnectFail);
    }

    [Theory]
    [InlineData("redis:abc")]
    [InlineData("redis:99999")]
    [InlineData("redis:0")]
    [InlineData("redis:")]
    [InlineData(",")]
    [InlineData("http://redis:6379")]
    [InlineData("tcp://10.0.0.7:6379")]
    [InlineData("redis://a/zero")]
    [InlineData("redis://a?x=1")]
    [InlineData("a:1,nonsense=1")]
    [InlineData("a:1,ssl=perhaps")]
    [InlineData("two words")]
    public void WhatIsNoAddressIsRefusedByOneSentence(string text) =>
        Assert.Equal("MM1002", Assert.Throws<FaultException>(() => RedisSettings.Parse(text)).Code);

    [Theory]
    [InlineData("redis:6379,password=hunter2")]
    [InlineData("redis:6379, Password = hunter2")]
    [InlineData("redis://:hunter2@redis:6379")]
    [InlineData("redis://me:hunter2@redis:6379")]
    [InlineData("rediss://me:hun@ter2@redis")]
    [InlineData("me:hunter2@redis:6379")]
    [InlineData("hunter2@redis")]
    public void APasswordInTheAddressIsRefusedAndNotRepeated(string text)
    {
        foreach (var kind in (string?[])[null, "localhost", "redis"])
        {
            var problems = Problems(new() { ["Redis"] = text, ["Kind"] = kind });

            Assert.Contains(problems, problem => problem.Code == "MM1010");
            Assert.DoesNotContain("ter2", string.Join('\n', problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NothingThatPrintsSettingsPrintsThePassword()
    {
        var redis = RedisSettings.Parse("redis:6379", "me", "hunter2", "/run/secrets/redis");
        var settings = new SiloSettings
        {
            Name = "a",
            SiloPort = 1,
            GatewayPort = 2,
            RunsFolder = "runs",
            Redis = redis,
        };

        Assert.Equal("redis:6379", $"{redis}");
        Assert.DoesNotContain("hunter2", $"{settings}", StringComparison.Ordinal);
    }

    [Fact]
    public void AUserOrAPasswordWithoutAnAddressIsNotDropped()
    {
        var file = Path.Combine(_folder.Path, "secret");
        File.WriteAllText(file, "hunter2");

        Assert.Equal("MM1005", Assert.Single(Problems(new() { ["RedisUser"] = "me" })).Code);
        Assert.Equal("MM1005", Assert.Single(Problems(new() { ["RedisPasswordFile"] = file })).Code);
        Assert.Throws<FaultException>(() => RedisSettings.Parse("redis://me@a", "you"));
        Assert.Throws<FaultException>(() => RedisSettings.Parse("a:1,user=me", "you"));
    }

    private static RedisSettings? Read(Dictionary<string, string?> clustering) =>
        RedisSource.Read(key => clustering.GetValueOrDefault(key.Split(':')[1]));

    private static List<Fault> Problems(Dictionary<string, string?> clustering)
    {
        List<Fault> problems = [];
        string[] args =
        [
            "--address",
            "127.0.0.1",
            "--port",
            "0",
            "--gateway-port",
            "0",
            .. clustering
                .Where(pair => pair.Value is not null)
                .SelectMany(pair => (string[])[$"--Clustering:{pair.Key}", pair.Value!]),
        ];
        var sources = SiloSources.Read(args, new Dictionary<string, string>(), problems);
        new SiloSettingsReader(sources.Configuration, problems).Read();
        return problems;
    }
}
