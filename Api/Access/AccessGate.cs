using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using MMOrleans.Api.Documents;

namespace MMOrleans.Api.Access;

/// <summary>Lets requests through whose sender may ask, and tells the others why not.</summary>
internal sealed class AccessGate(RequestDelegate next, AccessTokens tokens, TimeProvider clock)
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";
    private const string Runs = ApiHosting.Prefix + "/runs";

    /// <summary>What the request's sender may do.</summary>
    public static Role RoleOf(HttpContext context) => (Role)context.Items[typeof(Role)]!;

    /// <summary>The token that a request was sent with; null for none.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        if (
            !IsDashboard(request.Path) || !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
        )
            return null;
        var credentials = new byte[authorization.Length];
        return
            Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), credentials, out var length)
            && Encoding.UTF8.GetString(credentials, 0, length).Split(':', 2) is [_, var password]
            ? password
            : null;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var decision = AccessDecision.Of(Read(context), tokens);
        if (decision.Role is { } role)
        {
            context.Items[typeof(Role)] = role;
            await next(context);
            return;
        }

        // A page that is not ours sends no token of its own accord: there the browser asks for it, as a password.
        if (decision.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = IsDashboard(context.Request.Path)
                ? "Basic realm=\"token as password\""
                : "Bearer";
        await ApiProblem
            .Of(new Fault("MM3003", decision.Reason, decision.Fix), decision.Status)
            .ExecuteAsync(context);
    }

    /// <summary>The connection's other end is this machine.</summary>
    internal static bool IsLoopback(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsDashboard(PathString path) => path.StartsWithSegments(ApiHosting.Dashboard);

    private Asker Read(HttpContext context)
    {
        var request = context.Request;
        return new(
            IsLoopback(context),
            request.Headers.ContainsKey("Forwarded") || request.Headers.ContainsKey("X-Forwarded-For"),
            TokenOf(request),
            HasTicket(request),
            request.Host.Host,
            request.Headers[HeaderNames.Origin] is [{ } origin] ? origin : null,
            $"{request.Scheme}://{request.Host}",
            !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method),
            IsDashboard(request.Path)
        );
    }

    private bool HasTicket(HttpRequest request) =>
        request.Path.StartsWithSegments(Runs, out var rest)
        && rest.Value!.Split('/') is ["", var run, "report", { Length: > 0 }]
        && request.Cookies[ReportTicket.Cookie] is { } ticket
        && ReportTicket.Opens(ticket, tokens, run, clock.GetUtcNow());
}
