using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Trainers.Protocol;

namespace MMOrleans.Grains.Trainers;

/// <summary>Where a session's protocol stood at one moment, for its heartbeats and its callers.</summary>
internal sealed record ProtocolView(
    TrainerStage Stage,
    StatePosition Position,
    UInt128 StateHash,
    string? StateSha256,
    Lease? Lease,
    bool IsDisputed,
    string Conflict,
    bool IsRefused,
    ImmutableArray<SilentGrain> Silent,
    string WaitingFor,
    UInt128 WitnessHash
)
{
    public static ProtocolView Starting { get; } =
        new(TrainerStage.Starting, default, 0, null, null, false, "", false, [], "", 0);
}
