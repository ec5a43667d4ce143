using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using MMOrleans.Api.Sources;
using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Documents;

/// <summary>The whole of one run: its record, and what a reader would otherwise have to work out from it.</summary>
public sealed record RunDetail : RunRecord
{
    /// <param name="folder">The run's.</param>
    /// <param name="record">Its record.</param>
    /// <param name="live">Whether it is training.</param>
    /// <param name="now">The time.</param>
    [SetsRequiredMembers]
    private RunDetail(RunFolder folder, RunRecord record, bool live, DateTimeOffset now)
        : base(record)
    {
        var specification = SpecificationDocument.Read(record.Specification.GetRawText());
        var stages = new StagePlan(specification);
        Status = record.Status.Shown(live);
        Live = live;
        Method = specification.Method.Name;
        Model = specification.Model.Architecture;
        Dataset = specification.Dataset.Name;
        Seed = specification.Seed;
        SwitchEpoch = stages.FirstDeferredEpoch;
        PretrainingEpochs = stages.PretrainingEpochs;
        Goodput = Goodput.Of(RunEvidence.Read(folder, now, live));
        Classes = ClassResults.Of(record);
    }

    /// <summary>Never sent: the setting holds the whole configuration once more, and a path of the machine that trains.</summary>
    [JsonIgnore]
    public override RunSettings? Settings => null;

    /// <summary>Whether it goes on.</summary>
    public required bool Live { get; init; }

    /// <summary>Its method.</summary>
    public required string Method { get; init; }

    /// <summary>Its network.</summary>
    public required string Model { get; init; }

    /// <summary>Its images.</summary>
    public required string Dataset { get; init; }

    /// <summary>What every random choice follows from.</summary>
    public required long Seed { get; init; }

    /// <summary>First epoch, from 0, of the deferred phase; null when there is none.</summary>
    public int? SwitchEpoch { get; init; }

    /// <summary>Epochs of pre-training, which come before the others.</summary>
    public required int PretrainingEpochs { get; init; }

    /// <summary>What the time of its trainers went to; null before its first round.</summary>
    public Goodput? Goodput { get; init; }

    /// <summary>Every class of the last evaluation, in order of falling training count.</summary>
    public required IReadOnlyList<ClassResult> Classes { get; init; }

    /// <param name="folder">The run's.</param>
    /// <param name="source">Knows whether it is training.</param>
    /// <param name="now">The time.</param>
    internal static RunDetail Of(RunFolder folder, IRunSource source, DateTimeOffset now)
    {
        var record = RunRecord.Read(folder.Record);
        return new(folder, record, source.IsLive(record), now);
    }
}
