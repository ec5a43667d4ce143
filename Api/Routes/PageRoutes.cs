using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using MMOrleans.Api.Access;

namespace MMOrleans.Api.Routes;

/// <summary>Serves the web page: files of this assembly, compressed once.</summary>
internal static class PageRoutes
{
    /// <summary>Scripts and styles of its own, data of its own, and nothing from anywhere else.</summary>
    internal const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page's files by their names.</summary>
    internal static IReadOnlyDictionary<string, PageFile> Files { get; } =
        typeof(PageRoutes)
            .Assembly.GetManifestResourceNames()
            .Where(name => PageFile.TypeOf(name) is not null)
            .ToDictionary(name => name, PageFile.Read);

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        var index = Files["index.html"].Below(routes.ServiceProvider.GetRequiredService<PathBase>());
        routes.MapGet("/", context => ServeAsync(context, index)).ExcludeFromDescription();
        foreach (var (name, file) in Files)
            routes.MapGet($"/page/{name}", context => ServeAsync(context, file)).ExcludeFromDescription();
    }

    private static async Task ServeAsync(HttpContext context, PageFile file)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.ETag = file.Tag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        // A new version of the program is a new page: it is asked about every time, and seldom sent.
        response.Headers.CacheControl = "no-cache";
        if (request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        var isCompressed = request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (isCompressed)
            response.Headers.ContentEncoding = "br";
        await response.Body.WriteAsync(isCompressed ? file.Compressed : file.Bytes, context.RequestAborted);
    }
}

/// <summary>One file of the page.</summary>
/// <param name="ContentType">What it is.</param>
/// <param name="Bytes">It.</param>
/// <param name="Compressed">It, by Brotli.</param>
/// <param name="Tag">Its ETag.</param>
internal sealed record PageFile(string ContentType, byte[] Bytes, byte[] Compressed, string Tag)
{
    public static string? TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".mjs" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => null,
        };

    public static PageFile Read(string name)
    {
        using var resource = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        using var plain = new MemoryStream();
        resource.CopyTo(plain);
        return Of(TypeOf(name)!, plain.ToArray());
    }

    /// <summary>The same with addresses that hold wherever it is asked for: <c>/mm</c> is below <c>/</c> for a browser, and <c>/mm/</c> is not.</summary>
    public PageFile Below(PathBase before) =>
        before == PathBase.None
            ? this
            : Of(
                ContentType,
                Encoding.UTF8.GetBytes(
                    Encoding
                        .UTF8.GetString(Bytes)
                        .Replace("=\"page/", $"=\"{before.Value}/page/", StringComparison.Ordinal)
                )
            );

    private static PageFile Of(string contentType, byte[] bytes)
    {
        using var small = new MemoryStream();
        using (var brotli = new BrotliStream(small, CompressionLevel.SmallestSize, leaveOpen: true))
            brotli.Write(bytes);
        return new(
            contentType,
            bytes,
            small.ToArray(),
            $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\""
        );
    }
}
