using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MMOrleans.Silo.Draining;

/// <summary>Answers <c>POST /drain</c> when the silo has handed over; for processes of this machine or pod, such as <c>mm-silo drain</c>.</summary>
internal static class DrainRequest
{
    public const string Path = "/drain";

    /// <summary>A header that a page of somebody else's cannot have a browser send without asking first, which nobody answers here.</summary>
    public const string Header = "Mm-Silo";

    /// <summary>Its value.</summary>
    public const string Value = "drain";

    public static async Task AnswerAsync(HttpContext context, IServiceProvider services)
    {
        // Other machines that reach the probes' port may look, and must not drain silos; nor may a page that is open on this one.
        if (
            context.Connection.RemoteIpAddress is not { } asker
            || !IPAddress.IsLoopback(asker.MapsToIPv4())
            || !IsLoopback(context.Request.Host.Host)
            || context.Request.Headers[Header] != Value
        )
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync(
                "a silo is drained from its own machine or pod: mm-silo drain; from elsewhere: mm cluster drain SILO\n"
            );
            return;
        }

        // Resolved late: asking for grains before the silo is built would build it.
        var isDone = await services.GetRequiredService<Handover>().RunAsync(context.RequestAborted);
        context.Response.StatusCode = isDone
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync(isDone ? "drained\n" : "it still holds work\n");
    }

    // A name of somebody else's may lead here.
    private static bool IsLoopback(string host) =>
        host == "localhost"
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static IPAddress MapsToIPv4(this IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
