using System.Diagnostics;
using MMOrleans.Client.Commands;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Tests.Commands;

public class CompletionCommandTests
{
    [Theory]
    [InlineData("mm tra", "train")]
    [InlineData("mm train --pres", "--preset")]
    [InlineData("mm train --preset cifar10-lt-1", "cifar10-lt-10 cifar10-lt-100")]
    [InlineData("mm train --preset=cifar10-lt-1", "cifar10-lt-10 cifar10-lt-100")]
    [InlineData("mm train --set train.ep", "train.epochs=")]
    [InlineData("mm data ver", "verify")]
    [InlineData("mm explain MM100", "MM1001 MM1002 MM1003 MM1004 MM1005 MM1006 MM1007 MM1008 MM1009")]
    public async Task BashCompletes(string line, string expected)
    {
        Assert.SkipWhen(
            OperatingSystem.IsWindows() || !File.Exists("/bin/bash"),
            "there is no bash on this machine"
        );
        using var folder = new TemporaryFolder();
        folder.Write(
            "mm",
            $"#!/bin/sh\nexec dotnet \"{Path.Combine(AppContext.BaseDirectory, "mm.dll")}\" \"$@\"\n"
        );
        var script = folder.Write(
            "try.sh",
            """
            chmod +x "$1/mm"
            PATH="$1:$PATH"
            source <(mm completion bash)
            COMP_LINE=$2; COMP_POINT=${#2}
            read -ra COMP_WORDS <<< "${2//=/ = }"; # as bash cuts them
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _mm_complete
            echo "${COMPREPLY[*]}"
            """
        );

        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[script, folder.Path, line])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(expected, output.Trim());
    }

    [Theory]
    [InlineData("mm train --method=mm-d", "--method=mm-drw")]
    [InlineData("mm show r-", "r-7f3k9q")]
    [InlineData("mm show --output elsewhere r-", "r-k2k3k4")]
    [InlineData("mm checkpoints list --output=else", "")]
    [InlineData("mm no-verb --x=y", "")]
    public async Task WordsAreWholeAndRunsAreThoseThatTheVerbWouldFind(string line, string expected)
    {
        using var folder = new TemporaryFolder();
        new RunCatalogue(Path.Combine(folder.Path, "mine"))
            .Folder("r-7f3k9q")
            .Create(RunsOnDisk.Record(), "version: 1\n");
        new RunCatalogue(Path.Combine(folder.Path, "elsewhere"))
            .Folder("r-k2k3k4")
            .Create(RunsOnDisk.Record("r-k2k3k4"), "version: 1\n");
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = await MmApplication.RunAsync(
            [$"[suggest:{line.Length}]", line],
            new()
            {
                Output = output,
                Error = error,
                Environment = new(new Dictionary<string, string> { ["MM_OUTPUT_DIR"] = "mine" }),
                Clock = TimeProvider.System,
                WorkingFolder = folder.Path,
            },
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal("", error.ToString());
        Assert.Equal(0, code);
        Assert.Equal(expected, output.ToString().Trim());
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task EveryShellHasAScriptThatAsksMm(string shell)
    {
        var run = await CommandRun.OfAsync($"completion {shell}");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[suggest:", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("show --help")]
    [InlineData("checkpoints --help")]
    public async Task HelpAsksForCompletionsWithoutHarm(string line)
    {
        var run = await CommandRun.OfAsync(line);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task UnknownShellIsRefusedWithThoseThereAre()
    {
        var run = await CommandRun.OfAsync("completion fisch");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("did you mean 'fish'", run.Error, StringComparison.Ordinal);
    }
}
