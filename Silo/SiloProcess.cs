using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MMOrleans.Grains;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Faults;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Draining;
using MMOrleans.Silo.Health;
using MMOrleans.Silo.Logging;
using MMOrleans.Silo.Rest;
using MMOrleans.Silo.Storage;
using MMOrleans.Silo.Telemetry;
using StackExchange.Redis;

namespace MMOrleans.Silo;

/// <summary>The process <c>mm-silo</c>: one member of a cluster, until it is told to go.</summary>
internal static class SiloProcess
{
    private static readonly TimeSpan RedisPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PrimaryPatience = TimeSpan.FromSeconds(10);

    /// <returns>0 after SIGTERM or Ctrl-C; otherwise the exit code that belongs to the first fault.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        TextWriter output,
        TextWriter error
    )
    {
        if (args is ["--version"])
        {
            output.WriteLine($"mm-silo {Version}");
            return 0;
        }

        if (args is ["-h"] or ["--help"])
        {
            WriteHelp(output);
            return 0;
        }

        if (args.Count > 0 && args[0] == DrainCommand.Word)
            return await DrainCommand.RunAsync([.. args.Skip(1)], environment, output, error);

        List<Fault> problems = [];
        var sources = SiloSources.Read(args, environment, problems);
        var settings = new SiloSettingsReader(sources.Configuration, problems).Read();
        FindFaultsOfGrains(sources.Configuration, problems);
        if (problems.Count == 0)
            await FindFaultsOfMachineAsync(settings, problems);
        if (problems.Count > 0)
            return FaultBlocks.Write(error, problems);

        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddConfiguration(sources.Configuration);
        AddLogging(builder.Logging, settings);
        // After our own filters, so that the user's levels win.
        builder.Logging.AddConfiguration(sources.Configuration.GetSection("Logging"));
        Compose(builder, settings);
        var host = builder.Build();
        // Not by RunAsync, which disposes before a silo that is refused after it has joined can leave.
        await using var held = (IAsyncDisposable)host;
        try
        {
            await host.StartAsync();
            await host.WaitForShutdownAsync();
            return 0;
        }
        catch (OptionsValidationException invalid)
        {
            return FaultBlocks.Write(error, [.. invalid.Failures.Select(Of)]);
        }
        catch (FaultException fault)
        {
            // It may have joined: the others are told that it leaves, and need not find out.
            await host.StopAsync();
            return FaultBlocks.Write(error, fault.Faults);
        }
        catch (Exception fault) when (StorageFault.Is(fault) || fault is SocketException or OrleansException)
        {
            // Told before this by the log, with all that belongs to it.
            return FaultBlocks.Write(
                error,
                [
                    new(
                        "MM3001",
                        $"silo {settings.Name} could not start: {fault.Message.Split('\n')[0].TrimEnd('.')}",
                        "look at the lines above; the ports and the folder of the runs may have been taken since they were looked at"
                    ),
                ]
            );
        }
        catch (RedisException fault)
        {
            return FaultBlocks.Write(
                error,
                [
                    new(
                        "MM3001",
                        $"Redis at {settings.Redis} broke off: {fault.Message.Split(';')[0]}",
                        "look at the server's own log; start the silo again when it answers"
                    ),
                ]
            );
        }
    }

    private static string? FileInTheWayOf(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(folder))
                return folder;
        return null;
    }

    private static void Compose(HostApplicationBuilder builder, SiloSettings settings)
    {
        builder.Services.AddSingleton(settings);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.ShutdownTimeout);
        // Before the silo: a probe asks while it joins.
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<ClusterRuns>();
        builder.Services.AddHostedService<HealthEndpoint>();
        builder.Services.AddSingleton<Handover>();
        builder.Services.AddHostedService<DrainAtShutdown>();
        builder.AddMMOrleansTelemetry(
            "mm-silo",
            new()
            {
                OtlpEndpoint = settings.OtlpEndpoint,
                PrometheusPort = settings.PrometheusPort,
                PrometheusAddress = FreePorts.ListenAt(settings.Address),
                RunsFolder = settings.RunsFolder,
                Instance = settings.Name,
            }
        );
        builder.AddMMOrleansSilo(settings);
        builder.Services.AddHostedService<UniqueName>();
        builder.Services.AddHostedService<StoreWatch>();
        builder.Services.AddHostedService<StartReport>();
        builder.Services.AddHostedService<RunAwakening>();
    }

    private static void AddLogging(ILoggingBuilder logging, SiloSettings settings) =>
        logging
            .AddFilter("Orleans", LogLevel.Warning)
            .AddFilter("Orleans.Runtime.MembershipService", LogLevel.Information)
            // What it warns of, it mends: silos that come together hand each other ranges that nothing lies in yet. Losses of silos are membership's.
            .AddFilter("Orleans.Runtime.GrainDirectory.GrainDirectoryPartition", LogLevel.Error)
            // It and its lifecycle warn of one core, where no server collector can be, and of parts that take over a second to stop, as
            // a silo does that waits for the others to know it. How a silo hands over is told by ours.
            .AddFilter("Orleans.Runtime.Silo", LogLevel.Error)
            // A client that leaves is told as a broken connection, with the runtime's stack; membership tells of silos.
            .AddFilter("Orleans.Runtime.Messaging.Connection", LogLevel.Error)
            .AddFilter("Polly", LogLevel.Warning)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddSimpleConsole(o =>
            {
                o.SingleLine = true;
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
                o.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
            })
            .AddRunLogs(settings.RunsFolder, settings.Name)
            .AddFilter<RunLogProvider>("Orleans.Runtime.MembershipService", LogLevel.Warning)
            .AddFilter<RunLogProvider>("Polly", LogLevel.None);

    // The options of the grains are theirs to judge; asking for the verdict here tells all faults at once.
    private static void FindFaultsOfGrains(IConfiguration configuration, List<Fault> problems)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddMMOrleansGrains(_ => { });
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException invalid)
        {
            problems.AddRange(invalid.Failures.Select(Of));
        }
        catch (AggregateException several)
        {
            problems.AddRange(
                several
                    .InnerExceptions.OfType<OptionsValidationException>()
                    .SelectMany(e => e.Failures)
                    .Select(Of)
            );
        }
        catch (InvalidOperationException unreadable)
        {
            problems.Add(new("MM1002", unreadable.Message, "write durations as 00:00:05"));
        }
    }

    private static Fault Of(string failure) =>
        new("MM1004", failure, "change the value in the file, in the environment or by its flag");

    private static async Task FindFaultsOfMachineAsync(SiloSettings settings, List<Fault> problems)
    {
        try
        {
            TorchDevices.Require(settings.Device);
        }
        catch (FaultException fault)
        {
            problems.AddRange(fault.Faults);
        }

        try
        {
            if (FileInTheWayOf(settings.RunsFolder) is { } file)
                problems.Add(
                    new(
                        "MM1004",
                        $"Storage:Runs (--runs) {settings.RunsFolder} cannot be a folder: {file} is a file",
                        "give a folder, which is made if it is not there: --runs runs"
                    )
                );
            else
                Directory.CreateDirectory(settings.RunsFolder);
            if (problems.Count == 0)
                RunsFolder.Probe(settings.RunsFolder, settings.Name);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            problems.Add(StorageFault.CannotWrite(settings.RunsFolder, fault, "Storage:Runs (--runs)").Fault);
        }

        if (settings.Tls is { } files)
            try
            {
                TlsIdentity.Open(files, TlsRole.Silo, TimeProvider.System);
            }
            catch (FaultException fault)
            {
                problems.AddRange(fault.Faults);
            }

        if (
            settings.Primary is { } primary
            && settings.Redis is null
            && !(primary.Port == settings.SiloPort && primary.Address.Equals(settings.Address))
            && !await FreePorts.AnswersAsync(primary, PrimaryPatience)
        )
            problems.Add(
                new(
                    "MM3001",
                    $"no silo answered at Clustering:Primary (--primary) {primary} in {PrimaryPatience.TotalSeconds:0} s",
                    "start the first silo before the others, without --primary; its log says its silo port"
                )
            );
        if (settings.Redis is { } redis && await FaultOfAsync(redis) is { } away)
            problems.Add(away);
    }

    private static async Task<Fault?> FaultOfAsync(RedisSettings redis)
    {
        if (await new RedisProbe(redis).AskAsync(RedisPatience) is { } fault)
            return fault.Fault;
        return await RedisConnection.AnswersAsync(redis, RedisPatience)
            ? null
            : new(
                "MM3001",
                $"Redis at {redis} answers, and the silo's client of it has not connected in {RedisPatience.TotalSeconds:0} s",
                "look at the server's own log, and at the options behind its address in Clustering:Redis (--redis)"
            );
    }

    private static void WriteHelp(TextWriter output)
    {
        output.WriteLine(
            "mm-silo: one member of a training cluster. It runs until SIGTERM, then hands its work over and ends."
        );
        output.WriteLine();
        output.WriteLine("Several on one machine:  mm-silo --port 11111 --gateway-port 30000");
        output.WriteLine(
            "                         mm-silo --port 11112 --gateway-port 30001 --primary 127.0.0.1:11111"
        );
        output.WriteLine(
            "On several machines:     mm-silo --redis redis:6379 --address 10.0.0.7 --runs /shared/runs"
        );
        output.WriteLine("                           --tls-cert tls.crt --tls-key tls.key --tls-ca ca.crt");
        output.WriteLine(
            "Before it is stopped:    mm-silo drain, with its --health-port: returns when others have its work"
        );
        output.WriteLine();
        foreach (var option in SiloOptions.All)
            output.WriteLine($"  {option.Typed, -28} {option.Help} [{option.Path}]");
        output.WriteLine(
            $"  {"--config", -28} JSON file with these keys; flags and MM_SILO__KEY__PART in the environment win"
        );
    }

    internal static string Version { get; } =
        typeof(SiloProcess)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";
}
