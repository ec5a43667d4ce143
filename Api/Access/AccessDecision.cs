using System.Net;

namespace MMOrleans.Api.Access;

/// <summary>Whether somebody is let in, and as what.</summary>
/// <param name="Role">Null when refused.</param>
/// <param name="Status">HTTP status of a refusal.</param>
/// <param name="Reason">Why, as a sentence without its end.</param>
/// <param name="Fix">What to do.</param>
internal sealed record AccessDecision(Role? Role, int Status = 200, string Reason = "", string Fix = "")
{
    private const string Grants = "who runs the silos has the tokens in the file of --token-file";

    /// <summary>Decides.</summary>
    public static AccessDecision Of(Asker asker, AccessTokens tokens)
    {
        // A browser sends what any page tells it to, with the network position of its user.
        if (asker.IsWrite && asker.Origin is { } origin && origin != asker.Self)
            return new(
                null,
                403,
                $"the page {origin} may not change anything here",
                "use the page that is served here"
            );
        if (!tokens.IsEmpty)
            return WithTokens(asker, tokens);
        if (!asker.IsLoopback || asker.IsForwarded)
            return new(
                null,
                403,
                "no tokens are configured, so that only this machine is served",
                "start the silo with --token-file FILE, or come through: kubectl port-forward"
            );
        // A name of somebody else's that resolves to this machine makes a foreign page look like this one.
        return IsOwn(asker.Host)
            ? new(Access.Role.Operator)
            : new(
                null,
                403,
                $"'{asker.Host}' is not a name of this machine's loopback",
                "write http://127.0.0.1 or http://localhost"
            );
    }

    private static AccessDecision WithTokens(Asker asker, AccessTokens tokens)
    {
        if (asker is { Token: null, HasTicket: true, IsWrite: false })
            return new(Access.Role.Viewer);
        if (asker.Token is not { } token)
            return new(
                null,
                401,
                "a token is needed",
                $"MM_TOKEN or --token-file of mm, 'Authorization: Bearer …' of others; {Grants}"
            );
        if (tokens.RoleOf(token) is not { } role)
            return new(null, 401, "the token is not known here", Grants);
        return (asker.IsWrite || asker.IsForOperators) && role < Access.Role.Operator
            ? new(null, 403, "the token has role viewer, this needs operator", Grants)
            : new(role);
    }

    private static bool IsOwn(string host) =>
        host == "localhost"
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
