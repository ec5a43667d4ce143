namespace MMOrleans.Runs.Exchange;

/// <summary>What writing a model file did.</summary>
/// <param name="Card">The card as it was written; the file is the last of its files.</param>
/// <param name="Replaced">The card of the model that the file held before; null where it was not there, or no card described it.</param>
public sealed record WrittenModel(ModelCard Card, ModelCard? Replaced);
