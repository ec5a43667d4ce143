using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>What is new since a cursor.</summary>
/// <param name="Cursor">Give it back with the next question.</param>
/// <param name="State">Where the run stands.</param>
/// <param name="Progress">Live progress.</param>
/// <param name="Epochs">Epochs completed since.</param>
/// <param name="Events">Events since.</param>
/// <param name="HasMore">The rest did not fit into one answer: ask again at once.</param>
[GenerateSerializer, Immutable, Alias("mm.RunUpdate")]
public sealed record RunUpdate(
    [property: Id(0)] long Cursor,
    [property: Id(1)] RunStatus State,
    [property: Id(2)] RunProgress Progress,
    [property: Id(3)] ImmutableArray<EpochResult> Epochs,
    [property: Id(4)] ImmutableArray<RunEvent> Events,
    [property: Id(5)] bool HasMore = false
);
