namespace MMOrleans.Learning.Checkpoints;

/// <summary>A run has no checkpoint of that name.</summary>
public sealed class CheckpointNotFoundException : Exception
{
    /// <param name="name">What was asked for.</param>
    /// <param name="present">What there is, newest first.</param>
    public CheckpointNotFoundException(string name, IReadOnlyList<string> present)
        : base(
            present.Count == 0
                ? $"there is no checkpoint '{name}': the run has none"
                : $"there is no checkpoint '{name}'; there are {string.Join(", ", present)}"
        )
    {
        Name = name;
        Present = present;
    }

    /// <summary>What was asked for.</summary>
    public string Name { get; }

    /// <summary>What there is, newest first.</summary>
    public IReadOnlyList<string> Present { get; }
}
