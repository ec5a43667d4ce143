using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Silo.Background;

namespace MMOrleans.Silo.Tests.Background;

/// <summary>A silo outlives whatever its background work throws.</summary>
public sealed class RepeatedWorkTests
{
    [Fact]
    public async Task AFolderThatCannotBeListedEndsNoHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<Listing>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Listing>());
        using var host = builder.Build();
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host
            .Services.GetRequiredService<Listing>()
            .Third.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.False(lifetime.ApplicationStopping.IsCancellationRequested);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Nothing of a silo's own may bypass the rule.</summary>
    [Fact]
    public void EveryBackgroundServiceOfTheSiloIsRepeatedWork()
    {
        var others = typeof(RepeatedWork)
            .Assembly.GetTypes()
            .Where(type =>
                type.IsSubclassOf(typeof(BackgroundService))
                && type != typeof(RepeatedWork)
                && !type.IsSubclassOf(typeof(RepeatedWork))
            );

        Assert.Empty(others);
    }

    private sealed class Listing()
        : RepeatedWork(TimeSpan.FromMilliseconds(1), TimeProvider.System, new Unwritable())
    {
        private int _passes;

        public TaskCompletionSource Third { get; } = new();

        protected override Task PassAsync(CancellationToken stopping)
        {
            if (++_passes == 3)
                Third.TrySetResult();
            throw _passes == 1 ? new IOException("Stale file handle") : new InvalidOperationException("ours");
        }
    }

    private sealed class Unwritable : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => throw new IOException("no space left on device");
    }
}
