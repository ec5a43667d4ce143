using MMOrleans.Api.Access;

namespace MMOrleans.Api.Tests.Access;

/// <summary>A token that is taken out of its file lets nobody in any more, without a restart of every silo.</summary>
public sealed class TokenFileTests : IDisposable
{
    private const string Old = "operator-0123456789abcdef";
    private const string New = "operator-fedcba9876543210";

    private readonly Grains.Tests.TemporaryFolder _folder = new();
    private readonly Clock _clock = new();
    private readonly List<FaultException?> _told = [];
    private readonly AccessTokens _tokens;

    public TokenFileTests()
    {
        File.WriteAllText(_folder["tokens"], $"operator {Old}\n");
        _tokens = AccessTokens.Follow(_folder["tokens"], _clock);
        _tokens.Changed += _told.Add;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AReplacedFileIsInForceWithinASecond()
    {
        Assert.Equal(Role.Operator, _tokens.RoleOf(Old));

        Replace($"viewer {New}\n");

        Assert.Null(_tokens.RoleOf(Old));
        Assert.Equal(Role.Viewer, _tokens.RoleOf(New));
        Assert.Null(Assert.Single(_told));
    }

    [Theory]
    [InlineData("operator short\n")]
    [InlineData("")]
    [InlineData(null)]
    public void AFileThatCannotBeUsedChangesNothingAndIsToldOnce(string? content)
    {
        Replace(content);

        Assert.Equal(Role.Operator, _tokens.RoleOf(Old));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_tokens.IsEmpty);
        Assert.NotNull(Assert.Single(_told));

        Replace($"operator {New}\n");
        Assert.Equal(Role.Operator, _tokens.RoleOf(New));
        Assert.Null(_told[^1]);
    }

    private void Replace(string? content)
    {
        if (content is null)
            File.Delete(_folder["tokens"]);
        else
            File.WriteAllText(_folder["tokens"], content);
        _clock.Advance(TimeSpan.FromSeconds(2));
    }

    private sealed class Clock : TimeProvider
    {
        private TimeSpan _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _now += by;

        public override long GetTimestamp() => _now.Ticks;
    }
}
