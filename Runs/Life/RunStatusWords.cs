namespace MMOrleans.Runs.Life;

/// <summary>The words for a run's status, and what it implies.</summary>
public static class RunStatusWords
{
    /// <summary>Every status, in the order of a run's life.</summary>
    public static IReadOnlyList<RunStatus> All { get; } = Enum.GetValues<RunStatus>();

    /// <summary>As files, lists and the wire have it, such as <c>running</c>.</summary>
    public static string Word(this RunStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>Whether nothing more comes unless the run is resumed.</summary>
    public static bool IsEnd(this RunStatus status) =>
        status is RunStatus.Stopped or RunStatus.Finished or RunStatus.Failed;

    /// <summary>The status as a person is shown it.</summary>
    /// <param name="recorded">What the record says.</param>
    /// <param name="isLive">Whether a process trains the run.</param>
    public static RunStatus Shown(this RunStatus recorded, bool isLive) =>
        recorded.IsEnd() || isLive ? recorded : RunStatus.Interrupted;

    /// <summary>Reads a word.</summary>
    public static bool TryRead(string word, out RunStatus status)
    {
        status = All.FirstOrDefault(one => one.Word() == word);
        return status.Word() == word;
    }
}
