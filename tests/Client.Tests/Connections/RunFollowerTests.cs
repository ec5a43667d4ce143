using MMOrleans.Client.Connections;
using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Tests.Connections;

/// <summary>A run that is followed is shown whole, though what it says comes in pages.</summary>
public sealed class RunFollowerTests : IRunHandle, IRunView
{
    private readonly List<int> _shown = [];

    [Fact]
    public async Task ARunThatIsOverIsReadToItsLastPageAndNoEpochIsToldTwice()
    {
        var status = Some.Status() with { Epochs = [Epoch(1), Epoch(2), Epoch(3)] };
        var model = new DisplayModel(status, Some.Time);

        var isOver = await new RunFollower(this, this, TimeProvider.System).FollowAsync(
            model,
            TestContext.Current.CancellationToken
        );

        Assert.True(isOver);
        Assert.Equal([1, 2, 3, 4, 5, 6], model.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal([4, 5, 6], _shown);
    }

    public Task<RunUpdate> WatchAsync(long cursor, TimeSpan patience, CancellationToken cancellationToken) =>
        Task.FromResult(
            new RunUpdate(
                cursor + 2,
                RunStatus.Finished,
                new(),
                [Epoch((int)cursor + 1), Epoch((int)cursor + 2)],
                [],
                HasMore: cursor < 4
            )
        );

    void IRunView.Show(DisplayModel model, RunUpdate? update) =>
        _shown.AddRange(update?.Epochs.Select(epoch => epoch.Epoch) ?? []);

    void IRunView.Note(DisplayModel model, string words) { }

    public void Dispose() { }

    public Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<RunRehearsal> RehearseAsync(RunSubmission submission, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<RunSnapshot> GetStatusAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private static EpochResult Epoch(int epoch) =>
        new()
        {
            Epoch = epoch,
            Round = epoch,
            Phase = "main",
            LearningRate = 0.1,
            TrainLoss = 1,
            TrainAccuracy = 0.5,
        };
}
