namespace MMOrleans.Runs.Checkpoints;

/// <summary>A checkpoint of a run, written <c>RUN@CHECKPOINT</c>.</summary>
/// <param name="Run">A run's id, or what a person calls it.</param>
/// <param name="Checkpoint">Its name, or a person's spelling of it.</param>
public sealed record CheckpointReference(string Run, string Checkpoint)
{
    /// <summary>Reads the two parts; whether they name anything is not looked at.</summary>
    /// <returns>Null for a text that is not two parts with one <c>@</c> between them.</returns>
    public static CheckpointReference? Parse(string text) =>
        text.Split('@') is [var run, var checkpoint] ? new(run, checkpoint) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Run}@{Checkpoint}";
}
