using MMOrleans.Api.Sources;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Documents;

/// <summary>A run as a list shows it.</summary>
public sealed record RunSummary
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/run/v1";

    /// <summary>Such as <c>r-7f3k9q</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Preset it started from; empty for none.</summary>
    public required string Preset { get; init; }

    /// <summary>Its method.</summary>
    public required string Method { get; init; }

    /// <summary>Where it stands, as its record and its process say.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>What a queued run waits for, as a clause; null when it does not.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>Whether it goes on.</summary>
    public required bool Live { get; init; }

    /// <summary>Completed epochs.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs in all.</summary>
    public required int Epochs { get; init; }

    /// <summary>Completed rounds.</summary>
    public required long Round { get; init; }

    /// <summary>Rounds in all.</summary>
    public required long Rounds { get; init; }

    /// <summary>Accuracy of the last evaluation, in [0, 1]; null before it.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The same of classes with many training images.</summary>
    public double? Many { get; init; }

    /// <summary>The same of the middle group.</summary>
    public double? Medium { get; init; }

    /// <summary>The same of the rarest group.</summary>
    public double? Few { get; init; }

    /// <summary>Best accuracy.</summary>
    public double? BestAccuracy { get; init; }

    /// <summary>Completed epochs at the best.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>Seconds left at the last epoch's pace; null when nobody trains it.</summary>
    public double? EtaSeconds { get; init; }

    /// <summary>Trainers that took part.</summary>
    public required int Trainers { get; init; }

    /// <summary>Labels.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>When it was submitted, UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was last put into the queue, UTC.</summary>
    public required DateTimeOffset Queued { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it failed.</summary>
    public Fault? Error { get; init; }

    internal static RunSummary Of(RunRecord record, IRunSource source)
    {
        var live = source.IsLive(record);
        return new()
        {
            Id = record.Id,
            Name = record.Name,
            Preset = record.Preset,
            Method = SpecificationDocument.Read(record.Specification.GetRawText()).Method.Name,
            Status = record.Status.Shown(live),
            WaitingFor = record.WaitingFor,
            Live = live,
            Epoch = record.Epoch,
            Epochs = record.Epochs,
            Round = record.Round,
            Rounds = record.Rounds,
            Accuracy = record.Last?.Accuracy,
            Many = record.Last?.Many,
            Medium = record.Last?.Medium,
            Few = record.Last?.Few,
            BestAccuracy = record.Best?.Accuracy,
            BestEpoch = record.Best?.Epoch,
            EtaSeconds =
                live && record.Last is { Seconds: > 0 } last
                    ? last.Seconds * (record.Epochs - record.Epoch)
                    : null,
            Trainers = record.Trainers.Count,
            Tags = record.Tags,
            Created = record.Created,
            Queued = record.Queued ?? record.Created,
            Ended = record.Ended,
            Error = record.Error,
        };
    }
}
