using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Configuration.Keys;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary>Trains, evaluates, checkpoints and restores in seconds, in a folder that is removed.</summary>
internal static class SmokeTest
{
    private const int Rounds = 2;

    /// <exception cref="FaultException">The run failed. MM5001: what it left is not what it had.</exception>
    public static async Task<int> RunAsync(
        Invocation invocation,
        ResolvedRun resolved,
        CancellationToken interrupt
    )
    {
        var begun = invocation.Clock.GetTimestamp();
        var root = Directory.CreateTempSubdirectory("mm-smoke-").FullName;
        try
        {
            var folder = new RunFolder(root, RunId.New(_ => false));
            var quiet = invocation with { Quiet = true, Json = false };
            var interrupted = await TrainCommand.StartAsync(
                quiet,
                resolved,
                folder,
                Rounds,
                redraw: false,
                interrupt
            );
            if (interrupted is { } code)
            {
                return code;
            }

            var record = RunRecord.Read(folder.Record);
            if (record.Error is { } error)
            {
                throw new FaultException(error);
            }

            var checkpoint =
                new CheckpointStore(folder.Checkpoints).NewestIntact(out _)
                ?? throw new FaultException(
                    "MM5001",
                    "the smoke test's run left no intact checkpoint",
                    "mm doctor looks at the disk"
                );
            var restored = LocalConnection.Evaluate(
                resolved.Specification,
                checkpoint.Path,
                resolved.Settings.DataPath,
                resolved.Device,
                cancellationToken: interrupt
            );
            // Another cut of the images into batches may round differently: a few images are not fault.
            if (Math.Abs(restored.Accuracy - (record.Last?.Accuracy ?? double.NaN)) is not <= 0.01)
            {
                throw new FaultException(
                    "MM5001",
                    $"the restored checkpoint has accuracy {restored.Accuracy}, training measured {record.Last?.Accuracy}",
                    "this is a fault of the program: run it again with -v and report it"
                );
            }

            var seconds = invocation.Clock.GetElapsedTime(begun).TotalSeconds;
            invocation.Answer(
                () =>
                {
                    var document = RunJson.Of("smoke");
                    document["rounds"] = record.Round;
                    document["state_sha256"] = record.StateSha256;
                    document["checkpoint"] = checkpoint.Name;
                    document["accuracy"] = RunJson.Number(restored.Accuracy);
                    document["seconds"] = seconds;
                    return document;
                },
                () =>
                    [
                        new Line().Add(
                            $"smoke ok: {record.Round} rounds, evaluation, checkpoint {checkpoint.Name} and restore in {seconds:0.0} s; nothing is left"
                        ),
                    ]
            );
            return ExitCode.Success;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
