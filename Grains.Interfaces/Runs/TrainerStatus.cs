using System.Text.Json.Serialization;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>What one trainer is doing, as its last heartbeat said.</summary>
/// <param name="Trainer">Its name, <c>silo/t0</c>.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Stage">What it does; <see cref="State"/> is its word.</param>
/// <param name="Slots">The slots it leases; none for a spare.</param>
/// <param name="Round">The round it works on.</param>
/// <param name="ImagesPerSecond">Over the last rounds.</param>
/// <param name="RoundSeconds">Mean length of the last rounds.</param>
/// <param name="DataShare">Share of that time spent waiting for images, in [0, 1].</param>
/// <param name="ComputeShare">Share spent computing.</param>
/// <param name="ExchangeShare">Share spent averaging, without waiting for others.</param>
/// <param name="WaitShare">Share spent waiting for the slowest.</param>
[GenerateSerializer, Immutable, Alias("mm.TrainerStatus")]
public sealed record TrainerStatus(
    [property: Id(0)] string Trainer,
    [property: Id(1)] string Device,
    [property: Id(2)] TrainerStage Stage,
    [property: Id(3)] ImmutableArray<SlotRange> Slots,
    [property: Id(4)] long Round,
    [property: Id(5)] double ImagesPerSecond,
    [property: Id(6)] double RoundSeconds,
    [property: Id(7)] double DataShare,
    [property: Id(8)] double ComputeShare,
    [property: Id(9)] double ExchangeShare,
    [property: Id(10)] double WaitShare
)
{
    /// <summary>As lists show it: <c>starting</c>, <c>joining</c>, <c>ok</c>, <c>paused</c>, <c>done</c> or <c>lost</c>.</summary>
    [JsonIgnore]
    public string State =>
        Stage switch
        {
            TrainerStage.Starting => "starting",
            TrainerStage.Joining => "joining",
            TrainerStage.Training => "ok",
            TrainerStage.Paused => "paused",
            TrainerStage.Done => "done",
            _ => "lost",
        };

    /// <summary>The slots as ranges, such as <c>0-1,4</c>; empty for a spare.</summary>
    [JsonIgnore]
    public string SlotRanges => string.Join(',', Slots);
}
