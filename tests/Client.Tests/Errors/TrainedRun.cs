using MMOrleans.Client.Tests.Commands;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Tests.Errors;

/// <summary>A run of two epochs and another of one, trained once for all tests of a class; each works on a copy of its own.</summary>
public sealed class TrainedRun : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        foreach (var line in (string[])["train --epochs 1 --seed 2 --name other", "train --epochs 2"])
        {
            var run = await CommandRun.OfAsync(line, folder: _folder.Path);
            Assert.True(run.ExitCode == 0, run.Error);
        }
    }

    public RunCopy Copy()
    {
        var copy = new RunCopy();
        CopyFolder(Path.Combine(_folder.Path, "runs"), Path.Combine(copy.Path, "runs"));
        return copy;
    }

    public static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from).Where(f => new FileInfo(f).LinkTarget is null))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (
            var folder in Directory
                .EnumerateDirectories(from)
                .Where(f => new DirectoryInfo(f).LinkTarget is null)
        )
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A copy that a test may damage.</summary>
    public sealed class RunCopy : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public string Path => _folder.Path;

        public string Checkpoint(string name) =>
            System.IO.Path.Combine(
                new RunCatalogue(System.IO.Path.Combine(Path, "runs")).Resolve("latest").Checkpoints,
                name
            );

        public void Dispose() => _folder.Dispose();
    }
}
