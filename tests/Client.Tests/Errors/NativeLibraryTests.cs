using System.Diagnostics;

namespace MMOrleans.Client.Tests.Errors;

/// <summary>The program beside which no native library lies: what reads no tensor works, what needs one says so.</summary>
public sealed class NativeLibraryTests : IClassFixture<NativeLibraryTests.Bare>
{
    private readonly Bare _bare;

    public NativeLibraryTests(Bare bare) => _bare = bare;

    [Theory]
    [InlineData("--version", 0)]
    [InlineData("--help", 0)]
    [InlineData("runs", 0)]
    [InlineData("runs --json", 0)]
    [InlineData("explain MM9001", 0)]
    [InlineData("config explain train", 0)]
    [InlineData("config schema", 0)]
    [InlineData("data list", 0)]
    [InlineData("data stats synthetic", 0)]
    [InlineData("train --epochs many", 2)]
    [InlineData("show r-nope", 3)]
    public async Task VerbThatReadsNoTensorWorks(string line, int exitCode)
    {
        var (code, output, error) = await _bare.RunAsync(line);

        Assert.True(code == exitCode, $"exit {code}: {output}{error}");
        Assert.DoesNotContain("MM9001", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train --epochs 1")]
    [InlineData("train --smoke")]
    [InlineData("train --dry-run")] // it is refused where the run would be
    public async Task TrainingSaysWhatIsMissing(string line)
    {
        var (code, _, error) = await _bare.RunAsync(line);

        Assert.True(code == 9, $"exit {code}: {error}");
        Assert.Contains("error MM9001: ", error, StringComparison.Ordinal);
        Assert.Contains("libtorch", error, StringComparison.Ordinal);
        Assert.Contains("  fix   ", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_bare.WorkingFolder));
    }

    /// <summary>The built program, copied without its native library.</summary>
    public sealed class Bare : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly string _program;

        public Bare()
        {
            _program = Directory.CreateDirectory(Path.Combine(_folder.Path, "program")).FullName;
            WorkingFolder = Directory.CreateDirectory(Path.Combine(_folder.Path, "here")).FullName;
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory)) // native ones lie in folders below
                File.Copy(file, Path.Combine(_program, Path.GetFileName(file)));
        }

        public string WorkingFolder { get; }

        public async Task<(int Code, string Output, string Error)> RunAsync(string line)
        {
            var start = new ProcessStartInfo("dotnet")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = WorkingFolder,
            };
            start.ArgumentList.Add(Path.Combine(_program, "mm.dll"));
            foreach (var word in line.Split(' '))
                start.ArgumentList.Add(word);
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output, await error);
        }

        public void Dispose() => _folder.Dispose();
    }
}
