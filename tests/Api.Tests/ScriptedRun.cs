using System.Reflection;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Api.Tests;

/// <summary>A run's grain that says how far it is, and notes that it was told to start or to stop.</summary>
public class ScriptedRun : DispatchProxy
{
    private long _cursor;

    public List<(bool Now, string Reason)> Stops { get; } = [];

    public List<RunSubmission> Submissions { get; } = [];

    public static (IRunGrain Run, ScriptedRun Script) Create()
    {
        var run = Create<IRunGrain, ScriptedRun>();
        return (run, (ScriptedRun)(object)run);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name switch
        {
            nameof(IRunGrain.WatchAsync) => WatchAsync((CancellationToken)args![2]!),
            nameof(IRunGrain.SubmitAsync) => Submit((RunSubmission)args![0]!),
            nameof(IRunGrain.StopAsync) => Stop((bool)args![0]!, (string)args[1]!),
            nameof(IRunGrain.GetStatusAsync) => Task.FromResult(
                new RunSnapshot
                {
                    RunId = "r-7f3k9q",
                    State = Stops.Count > 0 ? RunStatus.Stopping : RunStatus.Running,
                    Settings = new() { Name = "some" },
                    Specification = "{}",
                    Progress = Progress,
                }
            ),
            _ => throw new NotSupportedException(targetMethod.Name),
        };

    private static RunProgress Progress { get; } =
        new()
        {
            Epoch = 3,
            Epochs = 200,
            RoundOfEpoch = 61,
            RoundsPerEpoch = 97,
            Round = 255,
            Rounds = 19_400,
            LearningRate = 0.1,
            ImagesPerSecond = 486,
            Left = TimeSpan.FromMinutes(12),
            Trainers =
            [
                new(
                    "silo-0/t0",
                    "cpu",
                    TrainerStage.Training,
                    [new(0, 2)],
                    256,
                    243,
                    0.25,
                    0.02,
                    0.8,
                    0.15,
                    0.03
                ),
            ],
        };

    private async Task<RunUpdate> WatchAsync(CancellationToken cancellationToken)
    {
        if (_cursor > 0)
            await Task.Delay(200, cancellationToken);
        return new(++_cursor, RunStatus.Running, Progress, [], []);
    }

    private Task<RunAnswer> Submit(RunSubmission submission)
    {
        Submissions.Add(submission);
        return Task.FromResult(new RunAnswer(submission.RunId, null));
    }

    private Task<RunAnswer> Stop(bool now, string reason)
    {
        Stops.Add((now, reason));
        return Task.FromResult(new RunAnswer("r-7f3k9q", null));
    }
}
