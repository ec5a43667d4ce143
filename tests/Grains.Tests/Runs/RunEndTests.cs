using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Grains.Tests.Runs;

public class RunEndTests
{
    [Fact]
    public async Task EndedRunStandsWhereItEndedWhateverWasToldBeforeOrIsToldLater()
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = 1,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );
        var run = cluster.Grains.GetGrain<IRunGrain>("r-test01");
        var specification = LocalRun.Specification(epochs: 1000);
        await run.SubmitAsync(
            new("r-test01", SpecificationDocument.Write(specification), new() { Name = "test" })
        );
        var told = new RunProgress
        {
            Epoch = 1,
            RoundOfEpoch = 3,
            RoundsPerEpoch = 7,
            Round = 3,
            Rounds = 7000,
        };
        await run.NoteProgressAsync(told);

        await run.RecordEndAsync(new(RunStatus.Stopped, 5555, null, null)); // a coordinator that was not heard for a while
        await run.NoteProgressAsync(told); // one that does not know

        var progress = (await run.GetStatusAsync()).Progress;
        Assert.Equal((5555, 794, 4), (progress.Round, progress.Epoch, progress.RoundOfEpoch));
    }
}
