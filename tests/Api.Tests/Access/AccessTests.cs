using MMOrleans.Api.Access;

namespace MMOrleans.Api.Tests.Access;

public class AccessTests
{
    private const string Viewer = "viewer-0123456789abcdef";
    private const string Operator = "operator-0123456789abcdef";

    private static readonly AccessTokens Tokens = AccessTokens.Parse(
        $"# who looks\nviewer {Viewer}\n\noperator\t{Operator}\n",
        "tokens"
    );

    private static Asker Here { get; } =
        new(
            IsLoopback: true,
            IsForwarded: false,
            null,
            HasTicket: false,
            "127.0.0.1",
            null,
            "http://127.0.0.1:8080",
            IsWrite: false
        );

    private static Asker There { get; } = Here with { IsLoopback = false, Host = "mm.example" };

    [Fact]
    public void WithoutTokensThisMachineMayDoEverything() =>
        Assert.Equal(Role.Operator, AccessDecision.Of(Here with { IsWrite = true }, AccessTokens.None).Role);

    [Fact]
    public void WithoutTokensOthersAreRefusedWithTheReason()
    {
        var decision = AccessDecision.Of(There, AccessTokens.None);

        Assert.Null(decision.Role);
        Assert.Equal(403, decision.Status);
        Assert.Contains("no tokens are configured", decision.Reason, StringComparison.Ordinal);
        Assert.Contains("--token-file", decision.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutTokensAProxyOfThisMachineDoesNotPassOthersOn() =>
        Assert.Equal(403, AccessDecision.Of(Here with { IsForwarded = true }, AccessTokens.None).Status);

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("10.0.0.7", false)]
    public void WithoutTokensAForeignNameForThisMachineIsRefused(string host, bool isServed) =>
        Assert.Equal(
            isServed,
            AccessDecision.Of(Here with { Host = host }, AccessTokens.None).Role is not null
        );

    [Fact]
    public void WithTokensThisMachineNeedsOneToo() =>
        Assert.Equal(401, AccessDecision.Of(Here, Tokens).Status);

    [Theory]
    [InlineData(Viewer, false, 200)]
    [InlineData(Viewer, true, 403)]
    [InlineData(Operator, false, 200)]
    [InlineData(Operator, true, 200)]
    [InlineData("operator-0123456789abcdeg", false, 401)]
    [InlineData("", false, 401)]
    public void ATokenLetsDoWhatItsRoleSays(string token, bool isWrite, int status) =>
        Assert.Equal(
            status,
            AccessDecision.Of(There with { Token = token, IsWrite = isWrite }, Tokens).Status
        );

    [Theory]
    [InlineData(Viewer, 403)]
    [InlineData(Operator, 200)]
    public void WhatIsForOperatorsIsNotForViewersThoughItChangesNothing(string token, int status) =>
        Assert.Equal(
            status,
            AccessDecision.Of(There with { Token = token, IsForOperators = true }, Tokens).Status
        );

    [Theory]
    [InlineData("http://evil.example", 403)]
    [InlineData("http://127.0.0.1:9999", 403)]
    [InlineData("null", 403)]
    [InlineData("http://127.0.0.1:8080", 200)]
    public void NoOtherPageChangesAnythingThroughABrowserHere(string origin, int status) =>
        Assert.Equal(
            status,
            AccessDecision.Of(Here with { IsWrite = true, Origin = origin }, AccessTokens.None).Status
        );

    [Theory]
    [InlineData("", "holds no token")]
    [InlineData("# nothing\n", "holds no token")]
    [InlineData("admin 0123456789abcdef0123", "tokens:1 is not a line of a role and a token")]
    [InlineData("viewer 0123456789abcdef\nviewer short", "tokens:2 has a token of 5 characters")]
    [InlineData("viewer", "tokens:1 is not a line of a role and a token")]
    public void AFileThatLetsNobodyInIsRefused(string text, string reason)
    {
        var fault = Assert.Throws<FaultException>(() => AccessTokens.Parse(text, "tokens"));

        Assert.Equal("MM1004", fault.Code);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoRefusalTellsAToken()
    {
        var fault = Assert.Throws<FaultException>(() => AccessTokens.Parse($"admin {Operator}", "tokens"));

        Assert.DoesNotContain(Operator, fault.Message + fault.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(Operator, Tokens.ToString(), StringComparison.Ordinal);
    }
}
