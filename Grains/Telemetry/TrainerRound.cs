namespace MMOrleans.Grains.Telemetry;

/// <summary>What one trainer did in one round, told when it has applied the result.</summary>
/// <param name="Run">The run.</param>
/// <param name="Trainer">The trainer.</param>
/// <param name="Device">Its device, such as <c>cpu</c>.</param>
/// <param name="Leads">Whether it leases the lowest non-empty slot: one trainer speaks for the round.</param>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Round">Round of the run.</param>
/// <param name="RoundOfEpoch">Round of the epoch, from 0.</param>
/// <param name="Phase"><c>pretraining</c>, <c>main</c> or <c>deferred</c>.</param>
/// <param name="Started">When it began to gather the round's images.</param>
/// <param name="Ended">When it had applied the result.</param>
/// <param name="Samples">Training images it computed.</param>
/// <param name="Healed">Whether slots moved while the round was open.</param>
/// <param name="Stages">Where its time went.</param>
/// <param name="ExchangedBytes">Bytes that it sent and received for it.</param>
/// <param name="Transports">How they went, <c>memory</c> or, where by more than one, <c>none, memory</c>; empty where nothing was exchanged.</param>
internal sealed record TrainerRound(
    string Run,
    string Trainer,
    string Device,
    bool Leads,
    int Epoch,
    long Round,
    int RoundOfEpoch,
    string Phase,
    DateTimeOffset Started,
    DateTimeOffset Ended,
    long Samples,
    bool Healed,
    StageSeconds Stages,
    long ExchangedBytes = 0,
    string Transports = ""
)
{
    public TimeSpan Elapsed => Ended - Started;
}
