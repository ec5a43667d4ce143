using MMOrleans.Client.Tests.Errors;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Tests.Commands;

public sealed class FinetuneCommandTests : IClassFixture<FinetuneCommandTests.FirstStages>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FinetuneCommandTests(FirstStages trained) =>
        TrainedRun.CopyFolder(Path.Combine(trained.Folder, "runs"), Path.Combine(_folder.Path, "runs"));

    [Theory]
    [InlineData(
        "plain --method mixup",
        "MM1007",
        "crt, lws, balanced-meta-softmax, tau-norm, ncm, logit-adjustment"
    )]
    [InlineData("plain --method tau-nrom", "MM1007", "did you mean 'tau-norm'?")]
    [InlineData("nobody --method crt", "MM1007", "mm runs")]
    [InlineData("plain --method crt --checkpoint epoch-9", "MM1007", "epoch-0002")]
    [InlineData("cosines --method tau-norm", "MM5002", "--method crt")]
    [InlineData("cosines --method lws", "MM5002", "--method crt")]
    [InlineData("plain --method crt --tau 0.5", "MM1005", "classifier.tau")]
    [InlineData("plain --method crt --feature un", "MM1005", "--method ncm")]
    [InlineData("plain --method tau-norm --tau -1", "MM1004", "0 or more")]
    public async Task WhatCannotBeASecondStageIsRefusedAndLeavesNothing(
        string arguments,
        string code,
        string words
    )
    {
        var before = Runs().Count;

        var run = await CommandRun.OfAsync($"finetune {arguments}", folder: _folder.Path);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Runs().Count);
    }

    [Fact]
    public async Task RunWithoutACheckpointHasNoWeightsToBeginWith()
    {
        var folder = new RunCatalogue(Path.Combine(_folder.Path, "runs")).Resolve("cosines");
        foreach (var entry in new CheckpointStore(folder.Checkpoints).List())
            Directory.Delete(entry.Path, recursive: true);

        var run = await CommandRun.OfAsync("finetune cosines --method crt", folder: _folder.Path);

        Assert.Contains("MM1007", run.Error, StringComparison.Ordinal);
        Assert.Contains("mm resume", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain --method tau-norm", "unbiased", 1)]
    [InlineData("plain --method logit-adjustment --tau 1.5", "plain", 1)]
    [InlineData("cosines --method ncm --feature l2n --distance cos", "ncm-l2n-cos", 1)]
    [InlineData("cosines --method crt --epochs 2", "plain", 2)]
    [InlineData("plain --method lws --epochs 2 --trainers 2", "scaled", 2)]
    public async Task SecondStageIsARunLikeAnyOther(string arguments, string head, int epochs)
    {
        var run = await CommandRun.OfAsync($"finetune {arguments}", folder: _folder.Path);
        Assert.True(run.ExitCode == 0, run.Error);
        var record = Runs()[0];
        var specification = SpecificationDocument.Read(record.Specification.GetRawText());

        Assert.Equal((RunStatus.Finished, epochs), (record.Status, record.Epoch));
        Assert.Equal(head, specification.Model.Head);
        Assert.NotNull(specification.Model.InitFrom);
        Assert.Contains("@epoch-", record.Parent, StringComparison.Ordinal);
        Assert.NotNull(record.Last!.Accuracy);
        foreach (
            var verb in (string[])["show latest", "eval latest", "report latest", "checkpoints verify latest"]
        )
        {
            var after = await CommandRun.OfAsync(verb, folder: _folder.Path);
            Assert.True(after.ExitCode == 0, $"{verb}: {after.Error}");
        }

        var evaluated = await CommandRun.OfAsync("eval latest --json", folder: _folder.Path);
        Assert.Contains(
            FormattableString.Invariant($"\"accuracy\":{record.Last.Accuracy:R}"),
            evaluated.Output.Replace(" ", ""),
            StringComparison.Ordinal
        );
        // The same second stage once more is the same bits.
        await CommandRun.OfAsync($"finetune {arguments}", folder: _folder.Path);
        Assert.Equal(record.StateSha256, Runs()[0].StateSha256);
        Assert.NotEqual(record.Id, Runs()[0].Id);
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<RunRecord> Runs() => new RunCatalogue(Path.Combine(_folder.Path, "runs")).List();

    /// <summary>A run with a cosine classifier and one with a linear one, trained once for all tests.</summary>
    public sealed class FirstStages : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        public string Folder => _folder.Path;

        public async ValueTask InitializeAsync()
        {
            foreach (
                var line in (string[])
                    ["train --epochs 1 --name cosines", "train --epochs 2 --method erm --name plain"]
            )
            {
                var run = await CommandRun.OfAsync(line, folder: _folder.Path);
                Assert.True(run.ExitCode == 0, run.Error);
            }
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
