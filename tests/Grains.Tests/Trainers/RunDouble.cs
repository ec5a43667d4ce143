using System.Reflection;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Tests.Trainers;

/// <summary>A run's grain that notes what trainers tell it, or refuses it.</summary>
public class RunDouble : DispatchProxy
{
    /// <summary>Finds it, whatever the id.</summary>
    public IGrainFactory Grains { get; private set; } = null!;

    /// <summary>What the next calls throw, one after another.</summary>
    public Queue<Exception> Refusals { get; } = [];

    /// <summary>Checkpoints it was told of.</summary>
    public List<CheckpointReport> Reports { get; } = [];

    public static RunDouble Create()
    {
        var run = (RunDouble)(object)Create<IRunGrain, RunDouble>();
        run.Grains = Create<IGrainFactory, Factory>();
        ((Factory)(object)run.Grains).Run = (IRunGrain)(object)run;
        return run;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (Refusals.TryDequeue(out var refusal))
            return Task.FromException(refusal);
        if (args?[0] is CheckpointReport report)
            Reports.Add(report);
        return Task.CompletedTask;
    }

    public class Factory : DispatchProxy
    {
        public IRunGrain Run { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Run;
    }
}
