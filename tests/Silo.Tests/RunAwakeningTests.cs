using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Silo.Storage;
using Orleans;

namespace MMOrleans.Silo.Tests;

/// <summary>A silo lives on whatever one run's folder holds.</summary>
public sealed class RunAwakeningTests : IDisposable
{
    private readonly Grains.Tests.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<Exception> Faults =>
        [
            new UnauthorizedAccessException("Access to the path is denied."),
            new IOException("Stale file handle"),
            new FaultException("MM5001", "events.jsonl cannot be read", "restore it"),
            new InvalidOperationException("a fault of ours"),
        ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task ARunThatCannotBeWokenKeepsNoOtherFromWaking(Exception fault)
    {
        foreach (var id in (string[])["r-00000a", "r-00000b", "r-00000c"])
            Write(id);
        await File.WriteAllTextAsync(
            new RunFolder(_folder.Path, "r-00000c").Record,
            "no JSON",
            TestContext.Current.CancellationToken
        );
        var grains = DispatchProxy.Create<IGrainFactory, Factory>();
        var factory = (Factory)(object)grains;
        factory.Fault = fault;
        using var awakening = Awakening(grains);

        await awakening.StartAsync(TestContext.Current.CancellationToken);
        await factory.Woken.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.False(awakening.ExecuteTask!.IsCompleted);
        await awakening.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["r-00000b", "r-00000a"], factory.Asked);
    }

    [Fact]
    public async Task RunsWhoseWakingTakesLongKeepNoOtherWaitingAndAreAskedEightAtATime()
    {
        for (var i = 0; i < 20; i++)
            Write($"r-0000{i:d2}");
        var grains = DispatchProxy.Create<IGrainFactory, Factory>();
        var factory = (Factory)(object)grains;
        (factory.Never, factory.Runs) = ("r-000019", 20);
        using var awakening = Awakening(grains);

        await awakening.StartAsync(TestContext.Current.CancellationToken);
        await factory.AllAsked.Task.WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );

        Assert.False(awakening.ExecuteTask!.IsCompleted);
        await awakening.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(8, factory.MostAtOnce);
    }

    private RunAwakening Awakening(IGrainFactory grains) =>
        new(
            grains,
            new()
            {
                Name = "silo-0",
                SiloPort = 1,
                GatewayPort = 2,
                RunsFolder = _folder.Path,
            },
            TimeProvider.System,
            NullLogger<RunAwakening>.Instance
        );

    private void Write(string id) =>
        new RunFolder(_folder.Path, id).Create(
            new()
            {
                Id = id,
                Name = id,
                Status = RunStatus.Running,
                Specification = JsonDocument.Parse("{}").RootElement,
                SpecificationSha256 = "",
                Created = DateTimeOffset.UnixEpoch,
            },
            ""
        );

    /// <summary>Grains of runs; one run's cannot be woken, and waking another one never ends.</summary>
    public class Factory : DispatchProxy
    {
        private readonly TaskCompletionSource _never = new();
        private int _now;

        public Exception Fault { get; set; } = null!;

        public string Never { get; set; } = "";

        public List<string> Asked { get; } = [];

        public int MostAtOnce { get; private set; }

        public TaskCompletionSource Woken { get; } = new();

        public TaskCompletionSource AllAsked { get; } = new();

        public int Runs { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var id = args!.OfType<string>().First();
            var run = Create<IRunGrain, Run>();
            ((Run)(object)run).Wake = () => WakeAsync(id);
            return run;
        }

        private async Task WakeAsync(string id)
        {
            lock (Asked)
            {
                Asked.Add(id);
                MostAtOnce = Math.Max(MostAtOnce, ++_now);
            }

            if (Asked.Count == Runs)
                AllAsked.TrySetResult();
            if (id == "r-00000b")
                throw Fault;
            if (id == Never)
                await _never.Task;
            Woken.TrySetResult();
            if (Never.Length > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            lock (Asked)
                _now--;
        }
    }

    public class Run : DispatchProxy
    {
        public Func<Task> Wake { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Wake();
    }
}
