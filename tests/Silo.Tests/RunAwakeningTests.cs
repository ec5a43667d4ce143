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
        using var awakening = new RunAwakening(
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

        await awakening.StartAsync(TestContext.Current.CancellationToken);
        await factory.Woken.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.False(awakening.ExecuteTask!.IsCompleted);
        await awakening.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["r-00000b", "r-00000a"], factory.Asked);
    }

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

    /// <summary>Grains of runs; the newest run's cannot be woken.</summary>
    public class Factory : DispatchProxy
    {
        public Exception Fault { get; set; } = null!;

        public List<string> Asked { get; } = [];

        public TaskCompletionSource Woken { get; } = new();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var id = args!.OfType<string>().First();
            var run = Create<IRunGrain, Run>();
            ((Run)(object)run).Wake = () => Wake(id);
            return run;
        }

        private Task Wake(string id)
        {
            Asked.Add(id);
            if (id == "r-00000b")
                return Task.FromException(Fault);
            Woken.TrySetResult();
            return Task.CompletedTask;
        }
    }

    public class Run : DispatchProxy
    {
        public Func<Task> Wake { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Wake();
    }
}
