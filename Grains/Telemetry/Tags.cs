namespace MMOrleans.Grains.Telemetry;

/// <summary>Names of attributes. On metrics their values are few and bounded; round numbers and epochs belong to spans only.</summary>
internal static class Tags
{
    /// <summary>What ours begin with.</summary>
    public const string Prefix = "mmorleans.";

    public const string Accuracy = "mmorleans.accuracy";
    public const string Bytes = "mmorleans.bytes";
    public const string Class = "mmorleans.class";
    public const string Dataset = "mmorleans.dataset";
    public const string Device = "mmorleans.device";
    public const string Epoch = "mmorleans.epoch";
    public const string ErrorType = "error.type";
    public const string Images = "mmorleans.images";
    public const string IoDirection = "network.io.direction";
    public const string Loss = "mmorleans.loss";
    public const string Method = "mmorleans.method";
    public const string Model = "mmorleans.model";
    public const string Operation = "mmorleans.operation";
    public const string Outcome = "mmorleans.outcome";
    public const string Phase = "mmorleans.phase";
    public const string Reason = "mmorleans.reason";
    public const string Round = "mmorleans.round";
    public const string Rounds = "mmorleans.rounds";
    public const string Run = "mmorleans.run.id";
    public const string Samples = "mmorleans.samples";
    public const string Silo = "mmorleans.silo";
    public const string SlowestTrainer = "mmorleans.slowest_trainer";
    public const string Slots = "mmorleans.slots";
    public const string Stage = "mmorleans.stage";
    public const string State = "mmorleans.state";
    public const string Status = "mmorleans.status";
    public const string Trainer = "mmorleans.trainer";
    public const string Trainers = "mmorleans.trainers";
    public const string Transport = "mmorleans.transport";
}
