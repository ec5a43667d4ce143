using System.Text;
using System.Text.Json;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>Reads what a client submits, and refuses what no <c>mm</c> sends: a request is foreign bytes.</summary>
/// <remarks>
/// The limits are those of the configuration's keys, or wider; they keep a request from taking a silo's memory before anything is trained.
/// Names of methods, models and data sets are refused where they are looked up.
/// </remarks>
internal static class SubmissionCheck
{
    /// <summary>Bytes of a specification and of the YAML beside it; a run's are some kilobytes.</summary>
    public const int LargestText = 1 << 20;

    private const int LongestName = 256;
    private const int MostTags = 256;
    private const int MostEpochs = 1_000_000;
    private const int LargestBatch = 1 << 20;
    private const int MostSlots = 1024;
    private const int MostLocalSteps = 1_000_000;
    private const int MostNumbers = 4096; // milestones, factors, parameters, counts of classes
    private const int MostImages = 100_000_000;
    private const int MostBins = 1000;
    private const int WidestPadding = 256;

    /// <summary>The specification of a submission that may be tried.</summary>
    /// <exception cref="FaultException">MM1004: a value out of range. MM1006: no specification.</exception>
    public static RunSpecification Read(RunSubmission submission)
    {
        RequireId(submission.RunId);
        var settings = submission.Settings ?? throw Malformed("it has no settings");
        Size("the specification", submission.Specification, LargestText);
        Size("the configuration's YAML", settings.ConfigurationYaml, LargestText);
        Size("name", settings.Name, LongestName);
        Size("preset", settings.Preset, LongestName);
        var tags = settings.Tags.IsDefault ? throw Malformed("its tags are missing") : settings.Tags;
        Range("the number of tags", tags.Length, 0, MostTags);
        foreach (var tag in tags)
            Size("a tag", tag, LongestName);
        Range("distribution.trainers", settings.MinTrainers, 1, MostSlots);
        Range("distribution.trainers", settings.MaxTrainers, 0, MostSlots);
        Range("eval.calibration_bins", settings.CalibrationBins, 1, MostBins);
        Range("telemetry.round_every", settings.TraceEvery, 1, int.MaxValue);
        if (settings.Checkpoints is null)
            throw Malformed("it does not say when checkpoints are written");
        var specification = Parse(submission.Specification);
        Check(specification);
        return specification;
    }

    /// <summary>Refuses what cannot name a run's folder.</summary>
    /// <exception cref="FaultException">MM1004.</exception>
    public static void RequireId(string? id)
    {
        if (id is null || !RunId.MayNameAFolder(id))
            throw new FaultException(
                "MM1004",
                $"'{Shown(id)}' is no run's id: it would name a folder elsewhere",
                "an id is r- and six letters or digits, as mm makes them"
            );
    }

    private static RunSpecification Parse(string text)
    {
        try
        {
            return SpecificationDocument.Read(text);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second kind comes from a text that is none, such as half a surrogate pair.
            throw Malformed(fault.Message, fault);
        }
    }

    private static void Check(RunSpecification run)
    {
        Range("train.epochs", run.Epochs, 1, MostEpochs);
        Range("pretraining.epochs", run.Pretraining?.Epochs ?? 0, 0, MostEpochs);
        Range("train.batch_size", run.BatchSize, 1, LargestBatch);
        Range("distribution.slots", run.Slots, 1, MostSlots);
        Range("distribution.local_steps", run.LocalSteps, 1, MostLocalSteps);
        Range("eval.every", run.EvaluateEvery, 1, MostEpochs);
        Range("dataset.image_size", run.Dataset.ImageSize ?? 1, 1, ImageSize.Most);
        Range("dataset.augment.crop_padding", run.Dataset.CropPadding, 0, WidestPadding);
        Range("method.defer_epoch", run.Method.DeferEpoch, 0, int.MaxValue);
        Range("imbalance.held_out", run.Imbalance.HeldOut, 0, MostImages);
        Numbers("dataset.normalise", run.Dataset.Mean.Count);
        Numbers("dataset.normalise", run.Dataset.StandardDeviation.Count);
        Numbers("imbalance.counts", run.Imbalance.Counts?.Count ?? 0);
        Numbers("method parameters", run.Method.Parameters?.Count ?? 0);
        foreach (
            var schedule in new[] { run.Schedule, run.Pretraining?.Schedule }.OfType<ScheduleSpecification>()
        )
        {
            Numbers("schedule.milestones", schedule.Milestones.Count);
            Numbers("schedule factors", schedule.Factors?.Count ?? 0);
            Range("schedule.warmup_epochs", schedule.WarmupEpochs, 0, MostEpochs);
        }

        foreach (var count in run.Imbalance.Counts ?? [])
            Range("a number of imbalance.counts", count, 0, MostImages);
    }

    private static void Numbers(string what, int count) =>
        Range($"the length of {what}", count, 0, MostNumbers);

    private static void Range(string what, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new FaultException(
                "MM1004",
                $"{what} must be {least:N0} to {most:N0}, got {value:N0}",
                "submit the run with mm, which writes what silos take"
            );
    }

    private static void Size(string what, string? text, int most)
    {
        if (text is null)
            throw Malformed($"{what} is missing");
        if (Encoding.UTF8.GetByteCount(text) is var bytes && bytes > most)
            throw new FaultException(
                "MM1004",
                $"{what} must be {most:N0} bytes at most, got {bytes:N0}",
                "shorten it"
            );
    }

    private static FaultException Malformed(string why, Exception? inner = null) =>
        new(
            "MM1006",
            $"what was submitted is no run of this version: {why.TrimEnd('.')}",
            "submit it with the mm of the cluster's version",
            inner
        );

    private static string Shown(string? id) =>
        id is null ? ""
        : id.Length > 40 ? id[..40] + "…"
        : id;
}
