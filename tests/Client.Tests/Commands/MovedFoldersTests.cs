using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Client.Tests.Errors;
using MMOrleans.Learning.Tests.Datasets;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>Runs on a folder of images, gone on with from other places than the one that they were begun in.</summary>
public sealed class MovedFoldersTests : IClassFixture<MovedFoldersTests.Begun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // The working folder of a later resume: nothing relative to it exists.
    private readonly TemporaryFolder _elsewhere = new();

    public MovedFoldersTests(Begun begun) => TrainedRun.CopyFolder(begun.Folder, _folder.Path);

    private string Runs => Path.Combine(_folder.Path, "runs");

    private RunFolder Run => new RunCatalogue(Runs).Resolve("latest");

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public void WhatARunRecordsOfItsImagesIsAnAbsolutePath()
    {
        var place = Path.Combine(Begun.Place(Run), "photos");

        Assert.Equal(place, DataPath(Run));
        Assert.Contains($"path: {place} ", File.ReadAllText(Run.Configuration), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resume latest --from epoch-0001")]
    [InlineData("finetune latest --method tau-norm")]
    [InlineData("finetune latest --method crt --epochs 1 --trainers 1")]
    [InlineData("eval latest")]
    [InlineData("report latest")]
    [InlineData("show latest --config")]
    public async Task ARunGoesOnFromAnotherWorkingFolder(string line) =>
        await SucceedAsync($"{line} --output {Runs}", _elsewhere.Path);

    [Theory]
    [InlineData("resume latest --from epoch-0001")]
    [InlineData("finetune latest --method tau-norm")]
    [InlineData("finetune latest --method crt --epochs 1 --trainers 1")]
    public async Task AnImagesFolderThatMovedIsNamedAbsoluteOrRelativeAndRecordedAbsolute(string line)
    {
        var moved = Path.Combine(_elsewhere.Path, "moved");
        Directory.Move(Path.Combine(_folder.Path, "photos"), moved);
        HideImages();

        await SucceedAsync($"{line} --output {Runs} --data-dir moved", _elsewhere.Path);
        Assert.Equal(moved, DataPath(Run));
        await SucceedAsync($"{line} --output {Runs} --data-dir {moved}", _folder.Path);
        Assert.Equal(moved, DataPath(Run));

        // What was told once is known from then on, to every verb.
        await SucceedAsync($"finetune latest --method ncm --output {Runs}", _folder.Path);
        var shown = await SucceedAsync($"show latest --config --output {Runs}", _folder.Path);
        Assert.Contains($"path: {moved}", shown.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resume latest --from epoch-0001")]
    [InlineData("finetune latest --method tau-norm")]
    [InlineData("show latest --config")]
    public async Task ARunOfAnEarlierVersionWhoseConfigurationHasARelativePathGoesOn(string line)
    {
        var place = DataPath(Run)!;
        var text = File.ReadAllText(Run.Configuration);
        File.WriteAllText(Run.Configuration, text.Replace(place, "photos", StringComparison.Ordinal));

        var run = await SucceedAsync($"{line} --output {Runs}", _elsewhere.Path);

        Assert.DoesNotContain("path: photos", run.Output, StringComparison.Ordinal);
        if (line.StartsWith("show", StringComparison.Ordinal))
            Assert.Contains($"path: {place}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheConfigurationThatIsShownStartsTheSameRunAgainFromAnywhere()
    {
        var shown = await SucceedAsync($"show latest --config --output {Runs}", _elsewhere.Path);
        File.WriteAllText(Path.Combine(_elsewhere.Path, "again.yaml"), shown.Output);

        await SucceedAsync("train again.yaml --trainers 1", _elsewhere.Path);

        var again = new RunCatalogue(Path.Combine(_elsewhere.Path, "runs")).Resolve("latest");
        Assert.Equal(State(Run), State(again));
    }

    [Fact]
    public async Task ARunThatWasComputedFromAnotherIsNotGoneOnWith()
    {
        await SucceedAsync($"finetune latest --method tau-norm --output {Runs}", _folder.Path);

        var run = await CommandRun.OfAsync(
            $"resume latest --from epoch-0001 --output {Runs}",
            folder: _folder.Path
        );

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("is a tau-norm classifier, computed from another run's features", run.Error);
        Assert.Contains("mm finetune RUN --method tau-norm", run.Error);
    }

    [Fact]
    public async Task TheImagesOfTheFirstStageAreTakenWhateverTheEnvironmentSaysOfOtherImages()
    {
        var other = Directory.CreateDirectory(Path.Combine(_elsewhere.Path, "other")).FullName;
        SomeImages.WriteFolders(other);
        File.Delete(Directory.EnumerateFiles(Path.Combine(other, "train", "cat")).Order().Last());

        var run = await CommandRun.OfAsync(
            $"finetune latest --method tau-norm --output {Runs}",
            new Dictionary<string, string> { ["HOME"] = _elsewhere.Path, ["MM_DATA_DIR"] = other },
            _elsewhere.Path
        );

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(Path.Combine(Begun.Place(Run), "photos"), DataPath(Run));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("epoch-1")]
    [InlineData("epoch-01")]
    [InlineData("epoch-0001")]
    public async Task CheckpointIsFoundHoweverItsEpochIsSpelt(string checkpoint) =>
        await SucceedAsync($"resume latest --from {checkpoint} --output {Runs}", _elsewhere.Path);

    [Theory]
    [InlineData("r-c0py00")]
    [InlineData("r-my-backup")]
    public async Task CopiedFolderIsARunOfItsOwn(string name)
    {
        var (original, state) = (Run.RunId, File.ReadAllText(Run.Record));
        TrainedRun.CopyFolder(Run.Path, Path.Combine(Runs, name));

        var run = await SucceedAsync($"resume {name} --from 1 --trainers 2 --output {Runs}", _elsewhere.Path);

        Assert.Contains($"mm compare {name}", run.Output, StringComparison.Ordinal);
        Assert.Equal(state, File.ReadAllText(new RunFolder(Runs, original).Record));
        Assert.Equal(State(new(Runs, original)), State(new(Runs, name)));
    }

    [Theory]
    [InlineData("resume {0} --from 1")]
    [InlineData("finetune {0} --method crt --epochs 1 --trainers 1")]
    [InlineData("finetune {0} --method tau-norm")]
    [InlineData("eval {0}")]
    [InlineData("show {0}")]
    [InlineData("checkpoints list {0}")]
    public async Task RunIsNamedByThePathOfItsFolder(string line)
    {
        var moved = Path.Combine(_elsewhere.Path, "elsewhere", "r-moved");
        TrainedRun.CopyFolder(Run.Path, moved);

        await SucceedAsync(string.Format(null, line, "elsewhere/r-moved/"), _elsewhere.Path);
        await SucceedAsync(string.Format(null, line, moved), _folder.Path);
    }

    [Fact]
    public async Task FolderWhoseNameCannotBeARunsIsRefusedWithTheCommandThatRenamesIt()
    {
        TrainedRun.CopyFolder(Run.Path, Path.Combine(_elsewhere.Path, "My best run"));

        var run = await CommandRun.OfAsync("resume ./My", folder: _elsewhere.Path);
        Assert.Contains("MM1007", run.Error, StringComparison.Ordinal);
        Directory.Move(Path.Combine(_elsewhere.Path, "My best run"), Path.Combine(_elsewhere.Path, "Mine"));
        run = await CommandRun.OfAsync("resume ./Mine", folder: _elsewhere.Path);

        Assert.Contains("MM1004", run.Error, StringComparison.Ordinal);
        Assert.Contains("mv '", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImagesThatAreGoneAreNamedWithBothPlacesAndTheFlag()
    {
        var was = Path.Combine(Begun.Place(Run), "photos");
        HideImages();
        var gone = DataPath(Run)!;
        Directory.Delete(gone, recursive: true);

        var run = await CommandRun.OfAsync($"resume latest --from 1 --output {Runs}", folder: _folder.Path);
        var other = await CommandRun.OfAsync(
            $"resume latest --from 1 --output {Runs} --data-dir nowhere",
            folder: _folder.Path
        );

        Assert.Contains($"are not at {gone} any more", run.Error, StringComparison.Ordinal);
        Assert.Contains($"mm resume {Run.RunId} --data-dir DIR", run.Error, StringComparison.Ordinal);
        Assert.Contains($"which were at {gone}, are not at ", other.Error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder.Path, "nowhere"), other.Error, StringComparison.Ordinal);
        await SucceedAsync($"resume latest --from 1 --output {Runs} --data-dir {was}", _folder.Path);
    }

    private void HideImages()
    {
        // The fixture's own folder is where the record points to; as if it were gone.
        var record = JsonNode.Parse(File.ReadAllText(Run.Record))!;
        record["settings"]!["data_path"] = Path.Combine(_folder.Path, "photos");
        File.WriteAllText(Run.Record, record.ToJsonString());
    }

    private static string? DataPath(RunFolder run) => RunRecord.Read(run.Record).Settings!.DataPath;

    private static string? State(RunFolder run) => RunRecord.Read(run.Record).StateSha256;

    private static async Task<CommandRun> SucceedAsync(string line, string folder)
    {
        var run = await CommandRun.OfAsync(line, folder: folder);
        Assert.True(run.ExitCode == 0, $"{line}: exit {run.ExitCode}\n{run.Error}");
        return run;
    }

    /// <summary>A run of two epochs whose images were named by a relative path.</summary>
    public sealed class Begun : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        public string Folder => _folder.Path;

        /// <summary>Where the run was begun, from the text that it keeps.</summary>
        public static string Place(RunFolder run) =>
            Path.GetDirectoryName(
                JsonDocument
                    .Parse(File.ReadAllText(run.Record))
                    .RootElement.GetProperty("settings")
                    .GetProperty("data_path")
                    .GetString()
            )!;

        public async ValueTask InitializeAsync()
        {
            SomeImages.WriteFolders(Directory.CreateDirectory(Path.Combine(Folder, "photos")).FullName);
            await SucceedAsync(
                "train --dataset image-folder --data-dir photos --method erm --epochs 2 --model resnet8 --batch-size 4 --trainers 1",
                Folder
            );
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
