using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Folders;
using MMOrleans.Silo.Logging;
using Xunit;

namespace MMOrleans.Silo.Tests.Logging;

public sealed partial class RunLogProviderTests : IDisposable
{
    private const string Run = "r-aaaaaa";
    private const string Other = "r-bbbbbb";
    private readonly string _root = Directory.CreateTempSubdirectory("mm-logs-").FullName;
    private readonly RunsHere _runs = new();
    private readonly RunLogProvider _provider;
    private readonly ILogger _log;

    public RunLogProviderTests()
    {
        _provider = new(_root, TimeProvider.System, _runs, "silo-0");
        _log = _provider.CreateLogger("MMOrleans.Grains.Runs.RunGrain");
        foreach (var run in (string[])[Run, Other])
        {
            Directory.CreateDirectory(Folder(run).Path);
            File.WriteAllText(Folder(run).Record, "{}");
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void ALineWithoutARunGoesToTheRunsThatAreHereAndToNoOther()
    {
        _runs.Enter(Run);
        _runs.Enter(Other);
        Says(_log, Run, "starts");
        Says(_log, Other, "starts");
        _runs.Leave(Run);

        StoreIsAway(_log);

        Assert.Equal([$"{Run} starts"], Messages(Run));
        Assert.Equal([$"{Other} starts", "the store is away"], Messages(Other));
    }

    [Fact]
    public void ARunThatIsHereAndHasSaidNothingYetGetsLinesWithoutARun()
    {
        _runs.Enter(Run);

        StoreIsAway(_log);

        Assert.Equal(["the store is away"], Messages(Run));
    }

    [Fact]
    public void WhatIsSaidOfARunAfterItsEndIsWrittenAndTheFileIsNotKeptOpen()
    {
        _runs.Enter(Run);
        Says(_log, Run, "starts");
        _runs.Leave(Run);
        Assert.False(IsOpen(Run));

        Says(_log, Run, "ended");

        Assert.Equal([$"{Run} starts", $"{Run} ended"], Messages(Run));
        Assert.False(IsOpen(Run));
    }

    [Fact]
    public void ARunOfTwoHoldersIsLeftWithTheLast()
    {
        _runs.Enter(Run);
        _runs.Enter(Run);
        Says(_log, Run, "starts");
        _runs.Leave(Run);
        Assert.True(IsOpen(Run));

        _runs.Leave(Run);

        Assert.False(IsOpen(Run));
    }

    [Fact]
    public void AThousandRunsLeaveNoFileOpen()
    {
        for (var i = 0; i < 1000; i++)
        {
            var run = $"r-{i:D6}";
            Directory.CreateDirectory(Folder(run).Path);
            File.WriteAllText(Folder(run).Record, "{}");
            _runs.Enter(run);
            Says(_log, run, "starts");
            _runs.Leave(run);
        }

        Assert.Equal(0, OpenFiles());
    }

    [Fact]
    public void ALogThatCannotBeOpenedStopsNothingAndIsTriedAgain()
    {
        Directory.CreateDirectory(Folder(Run).LogOf("silo-0")); // a folder where the file should be: also root cannot open it
        _runs.Enter(Run);
        Says(_log, Run, "is not written");
        Directory.Delete(Folder(Run).LogOf("silo-0"));

        Says(_log, Run, "is written");

        Assert.Equal([$"{Run} is written"], Messages(Run));
    }

    private RunFolder Folder(string run) => new(_root, run);

    private IEnumerable<string> Messages(string run) => Folder(run).ReadLogs().Select(entry => entry.Message);

    private bool IsOpen(string run) => Open().Contains(Folder(run).LogOf("silo-0"));

    private int OpenFiles() => Open().Count(path => path.StartsWith(_root, StringComparison.Ordinal));

    /// <summary>Files of this process that are open, as Linux lists them.</summary>
    private static List<string> Open()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open files are read from /proc");
        return
        [
            .. Directory
                .EnumerateFiles("/proc/self/fd")
                .Select(link => new FileInfo(link).LinkTarget)
                .OfType<string>(),
        ];
    }

    [LoggerMessage(LogLevel.Information, "{Run} {What}")]
    private static partial void Says(ILogger logger, string run, string what);

    [LoggerMessage(LogLevel.Warning, "the store is away")]
    private static partial void StoreIsAway(ILogger logger);
}
