using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Grains.Tests.Runs;

public class ForkTests
{
    private const int Switch = 2;

    private static readonly RunSpecification Deferred = LocalRun.Specification(epochs: 4) with
    {
        Method = LocalRun.Specification().Method with { DeferEpoch = Switch },
        Schedule = new() { WarmupEpochs = 1, Milestones = [Switch] },
    };

    private static readonly RunSpecification Plain = Deferred with
    {
        Method = Deferred.Method with
        {
            Name = "mm",
            Reweight = Reweighting.None,
            DeferEpoch = Deferred.Epochs,
        },
    };

    [Fact]
    public async Task ForkedRunEndsInTheStateOfTheWholeOneWithItsWholeHistory()
    {
        using var folder = new TemporaryFolder();
        var whole = await LocalRun.TrainAsync(folder.Path, Deferred, 2, "r-whole1");
        await LocalRun.TrainAsync(folder.Path, Plain, 1, "r-plain1");

        var forked = await LocalRun.TrainAsync(
            folder.Path,
            Deferred,
            3,
            "r-forked",
            new() { Name = "test", Parent = $"r-plain1@epoch-{Switch:D4}" }
        );

        Assert.Equal(RunStatus.Finished, forked.State);
        Assert.Equal(whole.StateSha256, forked.StateSha256);
        Assert.Equal(
            whole.Epochs.Select(e => (e.Epoch, e.TrainLoss, e.Accuracy, e.SampleSum)),
            forked.Epochs.Select(e => (e.Epoch, e.TrainLoss, e.Accuracy, e.SampleSum))
        );
    }

    [Fact]
    public async Task ForkThatWouldHaveHadAnotherPastIsRefusedAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        await LocalRun.TrainAsync(folder.Path, Plain, 1, "r-plain1");
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = 1,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );

        Assert.Equal("MM1005", await RefusedAsync(Deferred with { Seed = 2 }, "epoch-0002", "seed: 1 and 2"));
        Assert.Equal("MM1005", await RefusedAsync(Deferred, "epoch-0003", "method."));
        Assert.Equal("MM1007", await RefusedAsync(Deferred, "epoch-0009", "epoch-0003"));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "r-forked")));

        async Task<string> RefusedAsync(RunSpecification specification, string checkpoint, string words)
        {
            var answer = await cluster
                .Grains.GetGrain<IRunGrain>("r-forked")
                .SubmitAsync(
                    new(
                        "r-forked",
                        SpecificationDocument.Write(specification),
                        new() { Name = "test", Parent = $"r-plain1@{checkpoint}" }
                    )
                );
            Assert.Contains(words, answer.Fault!.Message + answer.Fault.Fix, StringComparison.Ordinal);
            return answer.Fault.Code;
        }
    }
}
