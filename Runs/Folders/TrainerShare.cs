using System.Text.Json;
using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Folders;

/// <summary>Where one trainer's time went in the last rounds before an epoch's end: what an <c>epoch</c> event says of each.</summary>
/// <param name="Trainer">Such as <c>silo-1/t0</c>.</param>
/// <param name="Slots">How many it had.</param>
/// <param name="ImagesPerSecond">Images that it computed, by all of its time; waiting for others included.</param>
/// <param name="RoundSeconds">Mean length of its last rounds.</param>
/// <param name="Data">Share of that time spent waiting for images, in [0, 1].</param>
/// <param name="Compute">Share spent computing.</param>
/// <param name="Exchange">Share spent averaging, without waiting for others.</param>
/// <param name="Wait">Share spent waiting for the slowest.</param>
public sealed record TrainerShare(
    string Trainer,
    int Slots,
    double ImagesPerSecond,
    double RoundSeconds,
    double Data,
    double Compute,
    double Exchange,
    double Wait
)
{
    private const string Field = "trainers";

    /// <summary>The field of an event that holds them.</summary>
    public static KeyValuePair<string, JsonElement> ToField(IEnumerable<TrainerShare> shares) =>
        new(Field, JsonSerializer.SerializeToElement([.. shares], EventJson.Default.TrainerShareArray));

    /// <summary>Those of an event; none where it has none.</summary>
    public static IReadOnlyList<TrainerShare> Of(EventRecord happened) =>
        happened.Fields?.TryGetValue(Field, out var shares) == true
            ? shares.Deserialize(EventJson.Default.TrainerShareArray) ?? []
            : [];
}
