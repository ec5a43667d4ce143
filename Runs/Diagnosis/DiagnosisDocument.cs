using System.Text.Json;
using System.Text.Json.Serialization;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>A diagnosis as programs read it: schema <c>mm/why/v1</c>, in which keys are only ever added.</summary>
public sealed record DiagnosisDocument
{
    /// <summary>Format of this document.</summary>
    public string Schema { get; init; } = "mm/why/v1";

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>Its status, or <c>interrupted</c>.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Where it stands, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What happened, the gravest first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Where its time went; null before its first round.</summary>
    public Goodput? Goodput { get; init; }

    /// <summary>Of a run.</summary>
    public static DiagnosisDocument Of(RunEvidence evidence)
    {
        var diagnosis = RunDiagnosis.Of(evidence);
        return new()
        {
            Run = evidence.Record.Id,
            Status = evidence.Standing,
            Summary = diagnosis.Summary,
            Findings = diagnosis.Findings,
            Goodput = diagnosis.Goodput,
        };
    }

    /// <summary>The document's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DiagnosisJson.Default.DiagnosisDocument);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(DiagnosisDocument))]
internal sealed partial class DiagnosisJson : JsonSerializerContext;
