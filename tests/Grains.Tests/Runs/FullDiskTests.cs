using System.Diagnostics;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;
using EventLog = MMOrleans.Runs.Folders.EventLog;

namespace MMOrleans.Grains.Tests.Runs;

public class FullDiskTests(ITestOutputHelper output)
{
    private const string RunId = "r-test01";
    private const int Epochs = 6;

    /// <summary>A file system of its own, filled to its last byte while the run trains, and emptied again.</summary>
    [Fact]
    public async Task ADiskThatIsFullForAWhileCostsARunNothing()
    {
        using var disk = SmallDisk.Mount();
        Assert.SkipWhen(disk is null, "mounting a file system of a few megabytes takes root and tmpfs");
        var status = await TrainAsync(
            disk,
            (epochs, _) =>
            {
                if (epochs >= 4)
                    disk.Empty();
                else if (epochs >= 2)
                    disk.Fill();
            }
        );

        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}");
        using var elsewhere = new TemporaryFolder();
        var unbroken = await LocalRun.TrainAsync(elsewhere.Path, LocalRun.Specification(epochs: Epochs), 2);
        Assert.Equal(unbroken.StateSha256, status.StateSha256);
        var folder = new RunFolder(disk.Path, RunId);
        Assert.Equal(Enumerable.Range(1, Epochs), MetricsCsv.Read(folder.Metrics).Select(row => row.Epoch));
        Assert.Equal(RunStatus.Finished, RunRecord.Read(folder.Record).Status);

        var diagnosis = RunDiagnosis.Of(RunEvidence.Read(folder, DateTimeOffset.MaxValue, isLive: false));
        output.WriteLine(
            string.Join(
                '\n',
                diagnosis.Findings.SelectMany(f =>
                    f.Evidence.Select(e => $"  {e.Label}: {e.Text}").Prepend(f.Sentence)
                )
            )
        );
        // How fast a trainer was is the machine's business, which other tests share.
        var findings = diagnosis.Findings.Where(f => f.Kind is not ("straggler" or "slow_epochs")).ToList();
        Assert.Equal(["checkpoint_unwritten", "store_away"], findings.Select(f => f.Kind));
        Assert.All(findings, f => Assert.Contains("ENOSPC", f.Evidence[0].Text, StringComparison.Ordinal));
        Assert.Contains("training went on", findings[1].Sentence, StringComparison.Ordinal);
    }

    /// <summary>Its result would be nowhere, and the trainers that hold it would be gone.</summary>
    [Fact]
    public async Task ARunIsNotFinishedBeforeItsLastStateIsOnTheDisk()
    {
        using var disk = SmallDisk.Mount();
        Assert.SkipWhen(disk is null, "mounting a file system of a few megabytes takes root and tmpfs");
        long? done = null;
        var status = await TrainAsync(
            disk,
            (epochs, progress) =>
            {
                if (progress.Round > 0 && progress.Round == progress.Rounds)
                    done ??= TimeProvider.System.GetTimestamp();
                if (done is { } since && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(5))
                    disk.Empty();
                else if (epochs >= 2)
                    disk.Fill();
            }
        );

        Assert.Equal(RunStatus.Finished, status.State);
        var folder = new RunFolder(disk.Path, RunId);
        var newest = new CheckpointStore(folder.Checkpoints).NewestIntact(out _);
        Assert.Equal($"epoch-{Epochs:D4}", newest?.Name);
        Assert.Equal(status.StateSha256, newest!.Manifest!.StateSha256);
        Assert.Equal(newest.Name, status.LastCheckpoint);
        Assert.Equal(Enumerable.Range(1, Epochs), MetricsCsv.Read(folder.Metrics).Select(row => row.Epoch));
        var unwritten = EventLog
            .Read(folder.Events)
            .Select(e => (e.Message, Incident: Incident.Of(e) as CheckpointUnwritten))
            .Where(e => e.Incident?.Checkpoint == newest.Name)
            .ToList();
        Assert.InRange(unwritten.Count, 1, 2); // by the trainer that writes, and once by the coordinator
    }

    private static async Task<RunSnapshot> TrainAsync(SmallDisk disk, Action<int, RunProgress> toldOf)
    {
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = disk.Path,
                Trainers = 2,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );
        var run = cluster.Grains.GetGrain<IRunGrain>(RunId);
        await run.SubmitAsync(
            new(
                RunId,
                SpecificationDocument.Write(LocalRun.Specification(epochs: Epochs)),
                new() { Name = "test" }
            )
        );
        var (cursor, epochs) = (0L, 0);
        while (true)
        {
            var update = await run.WatchAsync(cursor, TimeSpan.FromSeconds(5));
            cursor = update.Cursor;
            epochs += update.Epochs.Length;
            toldOf(epochs, update.Progress);
            if (update.State is RunStatus.Finished or RunStatus.Stopped or RunStatus.Failed)
                return await run.GetStatusAsync();
        }
    }

    private sealed class SmallDisk : IDisposable
    {
        private const int Bytes = 12 << 20;

        private readonly TemporaryFolder _folder = new();

        public string Path => _folder.Path;

        private string Rest => System.IO.Path.Combine(Path, "rest");

        public static SmallDisk? Mount()
        {
            var disk = new SmallDisk();
            if (
                OperatingSystem.IsLinux()
                && Run("mount", "-t", "tmpfs", "-o", $"size={Bytes}", "tmpfs", disk.Path)
            )
                return disk;
            disk._folder.Dispose();
            return null;
        }

        public void Fill()
        {
            if (File.Exists(Rest))
                return;
            using var rest = File.Create(Rest, bufferSize: 1);
            try
            {
                while (true)
                    rest.Write(new byte[4096]);
            }
            catch (IOException)
            {
                // Full.
            }
        }

        public void Empty() => File.Delete(Rest);

        public void Dispose()
        {
            Run("umount", "--lazy", Path); // a log may still be open
            _folder.Dispose();
        }

        private static bool Run(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
                )!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false; // no such program
            }
        }
    }
}
