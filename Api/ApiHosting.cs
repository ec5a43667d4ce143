using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using MMOrleans.Api.Access;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Routes;
using MMOrleans.Api.Sources;

namespace MMOrleans.Api;

/// <summary>Puts REST and the web page into an application.</summary>
public static class ApiHosting
{
    /// <summary>Where REST begins.</summary>
    public const string Prefix = "/api/v1";

    /// <summary>Where a silo may put Orleans' own dashboard: for operators alone.</summary>
    public const string Dashboard = "/orleans";

    // It sets styles at its elements, and brings a font and icons as data.
    private const string DashboardPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int LargestBody = 1 << 20;

    // A page that opens asks a dozen things at once; nobody needs more than this for long.
    private const int BurstOfReads = 200;
    private const int ReadsPerSecond = 50;
    private const int BurstOfWrites = 20;

    /// <summary>Adds what routes need.</summary>
    /// <param name="services">Of the application that serves.</param>
    /// <param name="source">The runs.</param>
    /// <param name="tokens">Who is let in.</param>
    /// <param name="traces">Where the page links to for traces; null for no link.</param>
    /// <param name="hasDashboard">Whether this server has Orleans' dashboard at <see cref="Dashboard"/>.</param>
    /// <param name="pathBase">What a proxy puts before every path; null for nothing.</param>
    public static IServiceCollection AddMMOrleansApi(
        this IServiceCollection services,
        IRunSource source,
        AccessTokens tokens,
        TraceAddress? traces = null,
        bool hasDashboard = false,
        PathBase? pathBase = null
    )
    {
        var before = pathBase ?? PathBase.None;
        services.AddSingleton(new ServedPages(hasDashboard)).AddSingleton(before);
        services.AddSingleton(source).AddSingleton(tokens).AddSingleton(TimeProvider.System);
        if (traces is not null)
            services.AddSingleton(traces);
        services.AddRouting();
        // A value of the wrong kind is told as every other error, with what it was.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.AddServerHeader = false;
        });
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddRateLimiter(limiter =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, (string, bool)>(Limit);
            limiter.OnRejected = async (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = "1";
                await ApiProblem
                    .Of(
                        new Fault(
                            "MM3003",
                            $"more than {BurstOfReads} requests at once, or {ReadsPerSecond} a second for long",
                            "wait a second; events come over one connection, with no need to ask again"
                        ),
                        StatusCodes.Status429TooManyRequests
                    )
                    .ExecuteAsync(rejected.HttpContext);
            };
        });
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                MetricSchemas.Describe(options);
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info = new()
                        {
                            Title = "MMOrleans",
                            Version = "v1",
                            Description =
                                "Runs of a folder or a cluster. Errors are application/problem+json with code and fix.",
                        };
                        document.Servers = before == PathBase.None ? [] : [new() { Url = before.Value }];
                        return Task.CompletedTask;
                    }
                );
            }
        );
        return services;
    }

    /// <summary>Adds the routes: the page at <c>/</c>, REST below <see cref="Prefix"/>, its description at <c>/openapi/v1.json</c>.</summary>
    /// <remarks>Everything but the page's own files, which hold nothing of any run, goes through the gate.</remarks>
    public static WebApplication MapMMOrleansApi(this WebApplication app)
    {
        if (app.Services.GetRequiredService<PathBase>() is { Value.Length: > 0 } before)
            app.Use(before.MoveAsync);
        app.UseWhen(
            context => IsOurs(context.Request.Path),
            ours =>
            {
                ours.Use(AddHeaders);
                ours.UseRateLimiter();
                ours.UseWhen(
                    context => !IsPage(context.Request.Path) || !HasTokens(context),
                    gated => gated.UseMiddleware<AccessGate>()
                );
                ours.Use(TellFaults);
            }
        );
        app.UseRouting();
        app.MapPage();
        app.MapOpenApi("/openapi/{documentName}.json");
        var routes = app.MapGroup(Prefix);
        routes.MapRuns();
        routes.MapFollow();
        routes.MapData();
        routes.MapFiles();
        routes.MapDiscovery();
        routes.MapCommands();
        routes.MapCluster();
        app.MapFallback(
            "/api/{**path}",
            (string? path) =>
                ApiProblem.Of(
                    new Fault(
                        "MM1007",
                        $"there is nothing at /api/{path}",
                        "GET /openapi/v1.json lists what there is"
                    )
                )
        );
        return app;
    }

    private static bool HasTokens(HttpContext context) =>
        !context.RequestServices.GetRequiredService<AccessTokens>().IsEmpty;

    private static bool IsPage(PathString path) => path == "/" || path.StartsWithSegments("/page");

    private static bool IsOurs(PathString path) =>
        IsPage(path)
        || path.StartsWithSegments("/api")
        || path.StartsWithSegments("/openapi")
        || path.StartsWithSegments(Dashboard);

    private static RateLimitPartition<(string, bool)> Limit(HttpContext context)
    {
        var isWrite =
            !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        return RateLimitPartition.GetTokenBucketLimiter(
            (Client(context), isWrite),
            _ =>
                new()
                {
                    TokenLimit = isWrite ? BurstOfWrites : BurstOfReads,
                    TokensPerPeriod = isWrite ? 1 : ReadsPerSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                }
        );
    }

    // Behind an ingress all come from its address: who shows a token that is known is told apart by it. Others share their address's
    // limit, so that nobody gets a new one by making tokens up.
    private static string Client(HttpContext context) =>
        AccessGate.TokenOf(context.Request) is { } token
        && context.RequestServices.GetRequiredService<AccessTokens>().NameOf(token) is { } name
            ? name
            : $"{context.Connection.RemoteIpAddress}";

    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // What a route does not say otherwise is data, for this page and programs, and of this moment.
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments(Dashboard)
            ? DashboardPolicy
            : "default-src 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        return next(context);
    }

    private static async Task TellFaults(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (FaultException fault) when (!context.Response.HasStarted)
        {
            await ApiProblem.Of(fault.Faults).ExecuteAsync(context);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await ApiProblem.Of(FaultsOf(bad), bad.StatusCode).ExecuteAsync(context);
        }
        catch (Exception fault)
            when (Unanswered.Is(fault)
                && !context.RequestAborted.IsCancellationRequested
                && !context.Response.HasStarted
            )
        {
            await ApiProblem
                .Of(new Fault("MM3001", "the cluster did not answer in time", "ask again in some seconds"))
                .ExecuteAsync(context);
        }
    }

    private static IReadOnlyList<Fault> FaultsOf(Microsoft.AspNetCore.Http.BadHttpRequestException bad) =>
        bad.InnerException is FaultException fault
            ? fault.Faults
            : [new("MM1002", bad.Message.TrimEnd('.'), "GET /openapi/v1.json says what a route takes")];
}
