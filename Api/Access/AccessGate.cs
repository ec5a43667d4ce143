using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MMOrleans.Api.Access;

/// <summary>Lets requests through whose sender may ask, and tells the others why not.</summary>
internal sealed class AccessGate(RequestDelegate next, AccessTokens tokens, TimeProvider clock)
{
    private const string Scheme = "Bearer ";
    private const string Runs = ApiHosting.Prefix + "/runs";

    /// <summary>What the request's sender may do.</summary>
    public static Role RoleOf(HttpContext context) => (Role)context.Items[typeof(Role)]!;

    /// <summary>The token that a request was sent with; null for none.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
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

        if (decision.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        await ApiProblem.WriteAsync(context, decision.Status, "MM3003", decision.Reason, decision.Fix);
    }

    /// <summary>The connection's other end is this machine.</summary>
    internal static bool IsLoopback(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

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
            !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        );
    }

    private bool HasTicket(HttpRequest request) =>
        request.Path.StartsWithSegments(Runs, out var rest)
        && rest.Value!.Split('/') is ["", var run, "report", { Length: > 0 }]
        && request.Cookies[ReportTicket.Cookie] is { } ticket
        && ReportTicket.Opens(ticket, tokens, run, clock.GetUtcNow());
}
