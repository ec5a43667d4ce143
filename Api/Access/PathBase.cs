using Microsoft.AspNetCore.Http;

namespace MMOrleans.Api.Access;

/// <summary>What stands before every path that browsers and clients ask for, where a proxy serves the page below a path of its own.</summary>
/// <remarks>
/// Set by configuration and not by a header: a client that sets X-Forwarded-Prefix could choose the cookie's path and what the page loads.
/// </remarks>
public sealed class PathBase
{
    private PathBase(string value) => Value = value;

    /// <summary>Nothing: paths are those that are asked for.</summary>
    public static PathBase None { get; } = new("");

    /// <summary>Such as <c>/mm</c>; empty for none.</summary>
    public string Value { get; }

    /// <returns>Null for what is not a path.</returns>
    public static PathBase? Read(string text)
    {
        var parts = text.Trim('/').Split('/');
        if (parts is [""])
            return text is "" or "/" ? None : null;
        return parts.All(part =>
            part is not ("" or "." or "..")
            && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
        )
            ? new("/" + string.Join('/', parts))
            : null;
    }

    /// <summary>Takes it off a request, whether the proxy has done so or not.</summary>
    internal Task MoveAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        request.PathBase = Value;
        if (request.Path.StartsWithSegments(Value, StringComparison.Ordinal, out var rest))
            request.Path = rest.HasValue ? rest : "/";
        return next(context);
    }
}
