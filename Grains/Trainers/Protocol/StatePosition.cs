namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Where in a run a state stands.</summary>
/// <param name="Round">Completed rounds.</param>
/// <param name="Closing">The last of them ended an epoch whose end (evaluation, report) is still to come.</param>
internal readonly record struct StatePosition(long Round, bool Closing)
{
    /// <summary>Whether it comes later in the run.</summary>
    public bool IsAfter(StatePosition other) =>
        Round > other.Round || (Round == other.Round && other.Closing && !Closing);
}
