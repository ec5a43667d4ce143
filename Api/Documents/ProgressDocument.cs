using System.Text.Json;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Api.Documents;

/// <summary>How far a run is, this moment.</summary>
internal sealed record ProgressDocument
{
    public string Schema { get; init; } = "mm/progress/v1";
    public required RunStatus Status { get; init; }
    public required int Epoch { get; init; }
    public required int Epochs { get; init; }
    public required int RoundOfEpoch { get; init; }
    public required int RoundsPerEpoch { get; init; }
    public required long Round { get; init; }
    public required long Rounds { get; init; }
    public required string Phase { get; init; }
    public required double? Loss { get; init; }
    public required double LearningRate { get; init; }
    public required double? GradientNorm { get; init; }
    public required double ImagesPerSecond { get; init; }
    public required double ElapsedSeconds { get; init; }
    public required double? LeftSeconds { get; init; }
    public required string Activity { get; init; }
    public required IReadOnlyList<TrainerDocument> Trainers { get; init; }

    public static string Of(RunUpdate update)
    {
        var progress = update.Progress;
        return JsonSerializer.Serialize(
            new ProgressDocument
            {
                Status = update.State,
                Epoch = progress.Epoch,
                Epochs = progress.Epochs,
                RoundOfEpoch = progress.RoundOfEpoch,
                RoundsPerEpoch = progress.RoundsPerEpoch,
                Round = progress.Round,
                Rounds = progress.Rounds,
                Phase = progress.Phase,
                Loss = progress.Loss,
                LearningRate = progress.LearningRate,
                GradientNorm = progress.GradientNorm,
                ImagesPerSecond = progress.ImagesPerSecond,
                ElapsedSeconds = progress.Elapsed.TotalSeconds,
                LeftSeconds = progress.Left?.TotalSeconds,
                Activity = progress.Activity,
                Trainers = [.. progress.Trainers.Select(TrainerDocument.Of)],
            },
            ApiJson.Options
        );
    }
}
