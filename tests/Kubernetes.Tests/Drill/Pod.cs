using System.Diagnostics;
using k8s.Models;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Kubernetes.Tests.Policies;

namespace MMOrleans.Kubernetes.Tests.Drill;

/// <summary>A silo's pod as processes of this machine: started, probed and ended by a kubelet that does what the manifest says.</summary>
internal sealed class Pod : IAsyncDisposable
{
    private readonly Machine _machine;
    private readonly Dictionary<string, string> _environment;
    private readonly ChildProcess _process;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;
    private bool _isDisposed;

    public Pod(Machine machine, string name, string address)
    {
        (_machine, Name, Address) = (machine, name, address);
        _environment = machine
            .Overlay.EnvironmentOf(Container)
            .ToDictionary(
                variable => variable.Key,
                variable =>
                    variable.Value switch
                    {
                        "metadata.name" => name,
                        "status.podIP" => address,
                        var value => machine.Here(value),
                    }
            );
        _environment["HOME"] = machine.ReadOnly;
        _process = Execute([.. Container.Command, .. Container.Args ?? []]);
        _watch = WatchAsync();
    }

    public string Name { get; }

    public string Address { get; }

    public string Output => _process.Output;

    /// <summary>Times that a kubelet would have ended it for.</summary>
    public int MissedLives { get; private set; }

    private V1Container Container => _machine.Overlay.Silo;

    private V1PodSpec Spec => _machine.Overlay.Silos.Spec.Template.Spec;

    /// <summary>Waits for the startup probe, then for the readiness probe.</summary>
    public async Task ReadyAsync()
    {
        await PassAsync(Container.StartupProbe);
        await PassAsync(Container.ReadinessProbe);
    }

    public Uri UriOf(string port, string path) =>
        new($"http://{Address}:{References.PortOf(Container, port)}{path}");

    public async Task<bool> IsPassedAsync(V1Probe probe)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1));
        try
        {
            using var answer = await _http.GetAsync(
                UriOf(probe.HttpGet.Port.Value, probe.HttpGet.Path),
                limit.Token
            );
            return (int)answer.StatusCode is >= 200 and < 400;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>What a deletion does: preStop, SIGTERM, and SIGKILL when the grace period is over, counted from the beginning.</summary>
    public async Task<Ending> DeleteAsync()
    {
        var grace = TimeSpan.FromSeconds(Spec.TerminationGracePeriodSeconds!.Value);
        var began = Stopwatch.StartNew();
        await using var hook = Execute(Container.Lifecycle.PreStop.Exec.Command);
        var drained = await hook.EndAsync(grace);
        var handedOver = began.Elapsed;
        _end.Cancel();
        await _watch;
        _process.Ask();
        var code = await _process.EndAsync(grace - handedOver);
        return new(drained, hook.Output.Trim(), code, handedOver, began.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _end.Cancel();
        await _watch;
        await _process.DisposeAsync();
        _http.Dispose();
        _end.Dispose();
    }

    private async Task PassAsync(V1Probe probe)
    {
        for (var failures = 0; !await IsPassedAsync(probe); failures++)
        {
            Assert.True(
                failures < (probe.FailureThreshold ?? 3) && !_process.HasExited,
                $"{Name} is not {probe.HttpGet.Path} after {failures} probes\n{Output}"
            );
            await Task.Delay(
                TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10),
                TestContext.Current.CancellationToken
            );
        }
    }

    private async Task WatchAsync()
    {
        var live = Container.LivenessProbe;
        var failures = 0;
        try
        {
            while (!await IsPassedAsync(Container.StartupProbe))
                await Task.Delay(TimeSpan.FromSeconds(1), _end.Token);
            while (true)
            {
                failures = await IsPassedAsync(live) ? 0 : failures + 1;
                if (failures >= live.FailureThreshold)
                    MissedLives++;
                await Task.Delay(TimeSpan.FromSeconds(live.PeriodSeconds ?? 10), _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // It is being deleted.
        }
    }

    private ChildProcess Execute(IList<string> command) =>
        new(
            command[0],
            command
                .Skip(1)
                .Select(word =>
                    word.StartsWith("/app/", StringComparison.Ordinal)
                        ? Path.Combine(AppContext.BaseDirectory, word["/app/".Length..])
                        : word
                ),
            _machine.ReadOnly,
            _environment
        );
}

/// <summary>How a pod went.</summary>
/// <param name="HookCode">Exit code of preStop.</param>
/// <param name="HookWords">What preStop said.</param>
/// <param name="Code">Exit code of the silo.</param>
/// <param name="HandedOver">Time until preStop was done.</param>
/// <param name="Elapsed">Time until it was gone.</param>
internal sealed record Ending(
    int HookCode,
    string HookWords,
    int Code,
    TimeSpan HandedOver,
    TimeSpan Elapsed
);
