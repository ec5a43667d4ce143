using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MMOrleans.Api;
using MMOrleans.Api.Access;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Pages;

/// <summary>Serves the web page and REST over the runs of a folder, to this machine only.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    /// <summary>Where it listens unless somebody says otherwise.</summary>
    public const int UsualPort = 8080;

    private readonly WebApplication _app;
    private readonly FolderRuns _runs;
    private readonly CancellationTokenSource _stopping;

    private PageServer(WebApplication app, FolderRuns runs, CancellationTokenSource stopping) =>
        (_app, _runs, _stopping) = (app, runs, stopping);

    /// <summary>Such as <c>http://127.0.0.1:8080</c>.</summary>
    public string Address => _app.Urls.First();

    /// <param name="runs">The folder.</param>
    /// <param name="port">Port on loopback; 0 for a free one.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="FaultException">MM1004: the port is taken.</exception>
    public static async Task<PageServer> StartAsync(
        RunCatalogue runs,
        int port,
        CancellationToken cancellationToken
    )
    {
        var stopping = new CancellationTokenSource();
        var source = new FolderRuns(runs, stopping.Token);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddMMOrleansApi(source, AccessTokens.None);
        // The verb listens to the signals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.MapMMOrleansApi();
        try
        {
            await app.StartAsync(cancellationToken);
            return new(app, source, stopping);
        }
        catch (IOException taken)
        {
            await app.DisposeAsync();
            stopping.Dispose();
            throw new FaultException(
                "MM1004",
                $"port {port} of this machine is taken",
                "choose another one, or 0 for a free one: mm ui --port 0",
                taken
            );
        }
    }

    /// <summary>Serves while something else is done, and says where.</summary>
    /// <param name="invocation">Where to say it.</param>
    /// <param name="folder">Folder of the runs.</param>
    /// <param name="port">Null for the usual one, or a free one when that is taken.</param>
    /// <param name="work">What is done.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<int> AroundAsync(
        Invocation invocation,
        string folder,
        int? port,
        Func<Task<int>> work,
        CancellationToken cancellationToken
    )
    {
        var runs = new RunCatalogue(Path.Combine(invocation.WorkingFolder, folder));
        await using var server = port is { } asked
            ? await StartAsync(runs, asked, cancellationToken)
            : await StartAnywhereAsync(runs, cancellationToken);
        if (!invocation.Quiet && !invocation.Json)
            invocation.Terminal.Say(new Line().Add($"web page at {server.Address}", "grey"));
        return await work();
    }

    // The usual port may be that of another run; only one that was asked for has to be that one.
    private static async Task<PageServer> StartAnywhereAsync(
        RunCatalogue runs,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await StartAsync(runs, UsualPort, cancellationToken);
        }
        catch (FaultException)
        {
            return await StartAsync(runs, 0, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        await _runs.DisposeAsync();
        _stopping.Dispose();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
