using MMOrleans.Api.Access;

namespace MMOrleans.Api.Tests.Access;

public class ReportTicketTests
{
    private const string Viewer = "viewer-0123456789abcdef";
    private const string Run = "r-7f3k9q";

    private static readonly DateTimeOffset Now = new(2026, 1, 5, 10, 41, 7, TimeSpan.Zero);
    private static readonly AccessTokens Tokens = AccessTokens.Parse($"viewer {Viewer}", "tokens");

    private static string Ticket => ReportTicket.Issue(Viewer, Tokens, Run, Now)!;

    [Fact]
    public void ATicketOpensItsReportAtEverySiloWithTheSameTokens() =>
        Assert.True(
            ReportTicket.Opens(
                Ticket,
                AccessTokens.Parse($"operator operator-0123456789abcdef\nviewer {Viewer}", "tokens"),
                Run,
                Now + ReportTicket.Life
            )
        );

    [Fact]
    public void ATicketEnds() =>
        Assert.False(
            ReportTicket.Opens(Ticket, Tokens, Run, Now + ReportTicket.Life + TimeSpan.FromSeconds(1))
        );

    [Fact]
    public void ATicketOpensNoOtherReport() =>
        Assert.False(ReportTicket.Opens(Ticket, Tokens, "r-00000b", Now));

    [Fact]
    public void ATicketIsWorthNothingOnceItsTokenIsTakenOutOfTheFile() =>
        Assert.False(
            ReportTicket.Opens(
                Ticket,
                AccessTokens.Parse("viewer viewer-fedcba9876543210", "tokens"),
                Run,
                Now
            )
        );

    [Fact]
    public void NobodyWithoutATokenGetsATicket() =>
        Assert.Null(ReportTicket.Issue("viewer-0123456789abcdeg", Tokens, Run, Now));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("99999999999.")]
    [InlineData("-1.00")]
    [InlineData("99999999999.zz")]
    public void WhatIsNoTicketOpensNothing(string text) =>
        Assert.False(ReportTicket.Opens(text, Tokens, Run, Now));

    [Fact]
    public void ATicketThatWasMadeToLastLongerOpensNothing() =>
        Assert.False(ReportTicket.Opens($"9{Ticket[1..]}", Tokens, Run, Now));

    [Fact]
    public void ATicketTellsNothingOfItsToken() =>
        Assert.DoesNotContain("0123456789abcdef", Ticket, StringComparison.Ordinal);

    [Fact]
    public void ATicketOnlyLetsLook()
    {
        var asker = new Asker(false, false, null, true, "mm.example", null, "https://mm.example", false);

        Assert.Equal(Role.Viewer, AccessDecision.Of(asker, Tokens).Role);
        Assert.Equal(401, AccessDecision.Of(asker with { IsWrite = true }, Tokens).Status);
    }
}
