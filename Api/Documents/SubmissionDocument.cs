using System.Text.Json;

namespace MMOrleans.Api.Documents;

/// <summary>A request to train: what determines the numbers, and how it is carried out.</summary>
/// <param name="Specification">As <c>run.json</c> holds it.</param>
/// <param name="Settings">As <c>run.json</c> holds them; a name at least.</param>
public sealed record SubmissionDocument(JsonElement Specification, JsonElement Settings)
{
    /// <summary>How settings are written.</summary>
    public static JsonSerializerOptions Json { get; } =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}

/// <summary>What a submission would do; nothing was started.</summary>
/// <param name="SpecificationSha256">Identity of the run's numbers.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Slots">V.</param>
/// <param name="FreeTrainers">Trainers of the cluster that no run has.</param>
/// <param name="AvailableImages">Training images by class as they lie there.</param>
/// <param name="TrainingImages">Those that the imbalance leaves.</param>
public sealed record PlanDocument(
    string SpecificationSha256,
    int Epochs,
    int Slots,
    int FreeTrainers,
    IReadOnlyList<int> AvailableImages,
    IReadOnlyList<int> TrainingImages
)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/plan/v1";
}

/// <summary>A request to go on.</summary>
/// <param name="From">Checkpoint, such as <c>epoch-42</c>; null for the newest that is whole.</param>
/// <param name="MinTrainers">Fewest trainers; null for what the run had.</param>
/// <param name="MaxTrainers">Most trainers; null for what the run had.</param>
/// <param name="DataPath">Where the images are now, below a folder that the silos' operator allows; null for where they were.</param>
/// <param name="WaitSeconds">How long it may be queued when too few trainers are free; 0 for not at all.</param>
public sealed record ResumptionDocument(
    string? From = null,
    int? MinTrainers = null,
    int? MaxTrainers = null,
    string? DataPath = null,
    double WaitSeconds = 0
);
