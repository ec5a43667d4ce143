using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Api;
using MMOrleans.Api.Access;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Dashboard;
using MMOrleans.Silo.Draining;
using MMOrleans.Silo.Rest;

namespace MMOrleans.Silo.Health;

/// <summary>Serves <c>/healthz/live</c> and <c>/healthz/ready</c>, to this machine <c>/drain</c>, and the web page with REST.</summary>
/// <remarks>
/// Live asks nobody: that the process answers and its pool moves is the answer. Neither a grain nor Redis is asked, since a restart
/// cures the failure of neither.
/// </remarks>
internal sealed partial class HealthEndpoint(
    SiloSettings settings,
    IServiceProvider services,
    ClusterRuns runs,
    ILogger<HealthEndpoint> logger
) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;
    private string _missing = "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.HealthPort is not { } port)
            return;
        settings.Tokens.Changed += TellTokens;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddMMOrleansApi(
            runs,
            settings.Tokens,
            traces: settings.Traces,
            hasDashboard: settings.HasDashboard,
            pathBase: settings.PathBase
        );
        if (settings.HasDashboard)
            SiloDashboard.Add(builder.Services, services);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                if (IPAddress.IsLoopback(settings.Address))
                    kestrel.Listen(settings.Address, port);
                else
                    kestrel.ListenAnyIP(port);
            });
        var app = builder.Build();
        app.MapMMOrleansApi();
        if (settings.HasDashboard)
            SiloDashboard.Map(app);
        app.MapGet("/healthz/live", Live);
        app.MapGet("/healthz/ready", ReadyAsync);
        app.MapPost(DrainRequest.Path, context => DrainRequest.AnswerAsync(context, services));
        await app.StartAsync(cancellationToken);
        _app = app;
        LogListening(settings.Name, app.Urls.First());
    }

    // It answers until the process ends: a probe that hears nothing would take a drain for a death.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        settings.Tokens.Changed -= TellTokens;
        if (_app is not null)
            await _app.DisposeAsync();
    }

    private void TellTokens(FaultException? fault)
    {
        if (fault is null)
            LogTokens(settings.Name);
        else
            LogTokensUnusable(settings.Name, fault.Message, fault.Fix);
    }

    private static Task Live(HttpContext context) => context.Response.WriteAsync("live\n");

    private async Task ReadyAsync(HttpContext context)
    {
        // Resolved late: asking for membership before the silo is built would build it.
        var missing = await services.GetRequiredService<Readiness>().MissingAsync();
        context.Response.StatusCode = missing is []
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable;
        // Anybody may ask, so that the answer names no folder, no address and no fault in its own words.
        var words = string.Join(", ", missing.Select(one => one.Word));
        await context.Response.WriteAsync(missing is [] ? "ready\n" : $"not ready: {words}\n");
        if (Interlocked.Exchange(ref _missing, words) != words && words.Length > 0)
            LogNotReady(settings.Name, string.Join("; ", missing.Select(one => one.Sentence)));
    }

    [LoggerMessage(
        LogLevel.Information,
        "Silo {Silo} serves health probes, the web page and REST at {Address}"
    )]
    private partial void LogListening(string silo, string address);

    [LoggerMessage(LogLevel.Information, "Silo {Silo} lets in the tokens of its replaced file")]
    private partial void LogTokens(string silo);

    [LoggerMessage(
        LogLevel.Warning,
        "Silo {Silo} cannot use its replaced token file; the previous tokens stay in force: {Reason}; {Fix}"
    )]
    private partial void LogTokensUnusable(string silo, string reason, string fix);

    [LoggerMessage(LogLevel.Information, "Silo {Silo} is not ready: {Missing}")]
    private partial void LogNotReady(string silo, string missing);
}
