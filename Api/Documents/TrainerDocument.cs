using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Api.Documents;

/// <summary>A trainer of a run: what it is doing, or that it took part.</summary>
/// <param name="Trainer">Its name.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="State">Of its last heartbeat, or <c>left</c> once it is gone.</param>
/// <param name="Slots">Slots that it leases, such as <c>0-1</c>; empty for none.</param>
/// <param name="Round">The round that it works on; null when nobody knows.</param>
/// <param name="ImagesPerSecond">Over its last rounds.</param>
/// <param name="RoundSeconds">Mean length of its last rounds.</param>
/// <param name="DataShare">Share of that time spent waiting for images, in [0, 1].</param>
/// <param name="ComputeShare">Share spent computing.</param>
/// <param name="ExchangeShare">Share spent averaging, without waiting for others.</param>
/// <param name="WaitShare">Share spent waiting for the slowest.</param>
public sealed record TrainerDocument(
    string Trainer,
    string Device,
    string State,
    string Slots = "",
    long? Round = null,
    double? ImagesPerSecond = null,
    double? RoundSeconds = null,
    double? DataShare = null,
    double? ComputeShare = null,
    double? ExchangeShare = null,
    double? WaitShare = null
)
{
    internal static TrainerDocument Of(TrainerStatus status) =>
        new(
            status.Trainer,
            status.Device,
            status.State,
            status.SlotRanges,
            status.Round,
            status.ImagesPerSecond,
            status.RoundSeconds,
            status.DataShare,
            status.ComputeShare,
            status.ExchangeShare,
            status.WaitShare
        );
}
