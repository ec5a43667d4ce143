using System.Reflection;
using System.Text.Json;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Configuration.Keys;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;

namespace MMOrleans.Client.Commands;

/// <summary>A run whose classifier is computed: a finished run's folder with one checkpoint and one evaluation, and no round.</summary>
internal static class ComputedRun
{
    // As the run's grain keeps settings.
    /// <param name="invocation">Where to say it.</param>
    /// <param name="resolved">The run.</param>
    /// <param name="first">The first stage.</param>
    /// <param name="weights">Its checkpoint.</param>
    /// <param name="interrupt">Ends it between two batches; nothing is left then.</param>
    /// <exception cref="FaultException">The images, the weights, this machine, or the disk.</exception>
    public static async Task<int> CreateAsync(
        Invocation invocation,
        ResolvedRun resolved,
        RunFolder first,
        CheckpointReference weights,
        CancellationToken interrupt
    )
    {
        var created = invocation.Clock.GetUtcNow();
        var began = invocation.Clock.GetTimestamp();
        var checkpoint = Path.Combine(first.Checkpoints, weights.Checkpoint);
        var computed = await invocation.SayingAsync(
            Task.Run(
                () =>
                    LocalConnection.Compute(
                        resolved.Specification,
                        checkpoint,
                        resolved.Settings.DataPath,
                        resolved.Device,
                        resolved.Settings.CalibrationBins,
                        interrupt
                    ),
                interrupt
            ),
            "computing the classifier, and classifying the images with it"
        );
        var catalogue = new RunCatalogue(Path.Combine(invocation.WorkingFolder, resolved.OutputFolder));
        var folder = catalogue.Folder(catalogue.NewId());
        var row = Row(
            computed,
            resolved.Settings.Groups,
            invocation.Clock.GetElapsedTime(began).TotalSeconds
        );
        try
        {
            Write(folder, resolved, computed, row, weights.ToString(), created, invocation.Clock);
        }
        catch
        {
            folder.Delete();
            throw;
        }

        return RunEnding.Report(invocation, folder);
    }

    private static EpochResult Row(ComputedClassifier computed, string groups, double seconds)
    {
        var shots = ShotGroups.Parse(groups, new ClassCounts(computed.Counts));
        var train = computed.Train;
        return new EpochResult
        {
            Epoch = 1,
            Round = 0,
            Phase = PhaseName.Main,
            LearningRate = 0,
            TrainLoss = train.Loss ?? double.NaN,
            TrainAccuracy = train.Accuracy,
            Images = train.Images,
            ImagesPerSecond = train.Images / Math.Max(seconds, 1e-9),
            Seconds = seconds,
        }
            .With("grad_norm", 0)
            .With(computed.Test, shots);
    }

    private static void Write(
        RunFolder folder,
        ResolvedRun resolved,
        ComputedClassifier computed,
        EpochResult row,
        string weights,
        DateTimeOffset created,
        TimeProvider clock
    )
    {
        var text = SpecificationDocument.Write(resolved.Specification);
        var record = new RunRecord
        {
            Id = folder.RunId,
            Name = resolved.Settings.Name,
            Preset = resolved.Preset,
            Tags = resolved
                .Settings.Tags.Select(tag => tag.Split('=', 2))
                .ToDictionary(tag => tag[0], tag => tag.ElementAtOrDefault(1) ?? ""),
            Status = RunStatus.Queued,
            Specification = JsonDocument.Parse(text).RootElement,
            SpecificationSha256 = SpecificationDocument.Hash(resolved.Specification),
            Settings = resolved.Settings,
            DataManifestHash = computed.ManifestHash,
            SkippedImages = computed.Inventory.Damaged.Count,
            PassedOver = computed.Inventory.PassedOver,
            Versions = new Dictionary<string, string>
            {
                ["mmorleans"] =
                    typeof(ComputedRun)
                        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                        ?.InformationalVersion
                    ?? "unknown",
                ["dotnet"] = Environment.Version.ToString(),
            },
            Host = Environment.MachineName,
            Created = created,
            Started = created,
            ClassCounts = computed.Counts,
            ClassNames = computed.ClassNames,
            Epochs = 1,
            Parent = weights,
        };
        folder.Create(record, resolved.Settings.ConfigurationYaml);
        var receipt = new CheckpointWriter(folder.Checkpoints, "mm", term: null, clock).Write(
            new()
            {
                RunId = folder.RunId,
                Layout = computed.Layout,
                Parameters = computed.Parameters,
                Momentum = new float[computed.Parameters.Length],
                Buffers = computed.Buffers,
                Specification = text,
                DataManifestHash = computed.ManifestHash,
                Parents = [weights],
                Progress = new()
                {
                    Epoch = 1,
                    Round = 0,
                    Seed = resolved.Specification.Seed,
                    ClassCounts = computed.Counts,
                },
            }
        );
        MetricsCsv.Append(folder.Metrics, row);
        var ended = clock.GetUtcNow();
        using (var events = new EventLog(folder.Events))
            events.Append(
                new()
                {
                    Time = ended,
                    Event = "finished",
                    Key = "computed",
                    Epoch = 1,
                    Round = 0,
                    Message = $"{resolved.Specification.Classifier!.Kind} computed from {weights}",
                }
            );
        // Last, so that a run that is cut short here is none that looks finished.
        (
            record with
            {
                Status = RunStatus.Finished,
                Epoch = 1,
                Ended = ended,
                Best = row.Kept(),
                Last = row.Kept(),
                ClassAccuracy = row.Counts!.ClassAccuracy,
                Confusion = row.Counts.Confusion,
                LastCheckpoint = receipt.Name,
                StateSha256 = receipt.StateSha256,
            }
        ).Write(folder.Record);
    }
}
