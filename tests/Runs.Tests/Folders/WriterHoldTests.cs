using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class WriterHoldTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly RunFolder _folder;

    public WriterHoldTests()
    {
        _folder = new(_temporary.Path, "r-000000");
        Directory.CreateDirectory(_folder.Path);
    }

    private static TimeProvider Clock => TimeProvider.System;

    private static WriterIdentity Mine => WriterIdentity.OfThisProcess(Clock.GetUtcNow());

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task SecondWriterIsRefusedByNameUntilTheFirstIsDone()
    {
        var hold = await TakeAsync(Mine);
        Assert.True(WriterHold.IsLive(_folder, Clock));

        var refused = await Assert.ThrowsAsync<FaultException>(() => TakeAsync(Mine));
        hold.Dispose();

        Assert.Equal("MM3006", refused.Code);
        Assert.Contains(
            $"r-000000 is being trained by process {Environment.ProcessId} on {Environment.MachineName} since ",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.False(WriterHold.IsLive(_folder, Clock));
        Assert.False(File.Exists(_folder.Writer));
        (await TakeAsync(Mine)).Dispose();
    }

    [Fact]
    public async Task OfManyAtTheSameInstantExactlyOneWins()
    {
        using var start = new Barrier(4);
        var attempts = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    start.SignalAndWait();
                    try
                    {
                        return await TakeAsync(Mine);
                    }
                    catch (FaultException)
                    {
                        return null;
                    }
                })
            );
        var holds = await Task.WhenAll(attempts);

        Assert.Single(holds, hold => hold is not null);
        foreach (var hold in holds)
            hold?.Dispose();
    }

    [Fact]
    public async Task ReadersKeepNoWriterOut()
    {
        using var over = new CancellationTokenSource();
        using var hold = await TakeAsync(Mine);
        hold.Dispose();
        var reading = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
                WriterHold.IsLive(_folder, Clock);
        });

        for (var i = 0; i < 20; i++)
            (await TakeAsync(Mine)).Dispose();
        await over.CancelAsync();
        await reading;
    }

    [Fact]
    public async Task WhatADeadProcessLeftIsTakenAtOnce()
    {
        (Mine with { Since = DateTimeOffset.MaxValue, Pid = 1 }).Write(_folder.Writer);
        File.WriteAllText(_folder.WriterLock, "");

        Assert.False(WriterHold.IsLive(_folder, Clock));
        Assert.Null(WriterHold.WatchedFirst(_folder, Clock));
        (await TakeAsync(Mine)).Dispose();
    }

    [Fact]
    public async Task WriterOnAnotherMachineWhereLocksDoNotReachIsRefusedByItsBeat()
    {
        var away = Mine with { Host = "far-away", Boot = "another" };
        away.Write(_folder.Writer);
        using var over = new CancellationTokenSource();
        var beating = Task.Run(async () =>
        {
            for (var heartbeat = 1; !over.IsCancellationRequested; heartbeat++)
            {
                (away with { Beat = heartbeat }).Write(_folder.Writer);
                await Task.Delay(100, CancellationToken.None);
            }
        });

        Assert.Contains("far-away", WriterHold.WatchedFirst(_folder, Clock), StringComparison.Ordinal);
        Assert.True(WriterHold.IsLive(_folder, Clock));
        var refused = await Assert.ThrowsAsync<FaultException>(() => TakeAsync(Mine));
        await over.CancelAsync();
        await beating;

        Assert.Contains("on far-away since", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriterOnAnotherMachineThatDoesNotBeatIsTakenOver()
    {
        (Mine with { Host = "far-away", Boot = "another" }).Write(_folder.Writer);

        using var hold = await TakeAsync(Mine);

        Assert.True(hold.HasLock);
    }

    [Fact]
    public async Task SiloGoesOnBesideAFrozenOneOfItsClusterAndGetsTheLockWithItsEnd()
    {
        var frozen = await TakeAsync(Mine with { Cluster = "c", Silo = "silo-0" });
        using var next = await TakeAsync(Mine with { Cluster = "c", Silo = "silo-1" });
        Assert.False(next.HasLock);
        Assert.Equal("MM3006", (await Assert.ThrowsAsync<FaultException>(() => TakeAsync(Mine))).Code);

        frozen.Dispose();

        while (!next.HasLock)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal("silo-1", WriterIdentity.Read(_folder.Writer)?.Silo);
    }

    [Fact]
    public async Task SiloThatStoodStillLearnsThatAnotherOneHasGoneOnAndDoesNotTakeTheRunBack()
    {
        using var frozen = await TakeAsync(Mine with { Cluster = "c", Silo = "silo-0" });
        Assert.False(frozen.IsSuperseded());
        using var next = await TakeAsync(Mine with { Cluster = "c", Silo = "silo-1" });

        Assert.True(frozen.IsSuperseded());
        await Task.Delay(1.5 * WriterIdentity.BeatEvery, TestContext.Current.CancellationToken);
        Assert.Equal("silo-1", WriterIdentity.Read(_folder.Writer)?.Silo);
        Assert.False(next.IsSuperseded());
    }

    /// <summary>The name of a dead one stays in the file then, and is nobody's claim.</summary>
    [Fact]
    public async Task WriterThatCouldNotWriteItsNameIsNotSupersededByTheOneBefore()
    {
        var before = Mine;
        before.Write(_folder.Writer);
        var mine = Mine;
        Directory.CreateDirectory($"{_folder.Writer}.{mine.Instance}.writing"); // in the way of its own file
        using var next = await TakeAsync(mine);

        Assert.Equal(before.Instance, WriterIdentity.Read(_folder.Writer)?.Instance);
        Assert.False(next.IsSuperseded());
    }

    [Fact]
    public async Task ProcessOfAnEarlierVersionIsFoundByTheEventsThatItHoldsOpen()
    {
        using (new EventLog(_folder.Events))
        {
            Assert.True(WriterHold.IsLive(_folder, Clock));
            var refused = await Assert.ThrowsAsync<FaultException>(() => TakeAsync(Mine));
            Assert.Contains("of an earlier version", refused.Message, StringComparison.Ordinal);
        }

        File.Delete(_folder.WriterLock);
        Assert.False(WriterHold.IsLive(_folder, Clock));
    }

    [Fact]
    public void AskingWritesNothing()
    {
        Assert.False(WriterHold.IsLive(_folder, Clock));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private Task<WriterHold> TakeAsync(WriterIdentity mine) =>
        WriterHold.TakeAsync(_folder, mine, Clock, TestContext.Current.CancellationToken);
}
