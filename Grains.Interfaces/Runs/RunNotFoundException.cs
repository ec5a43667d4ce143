namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>There is no run of that id here.</summary>
[GenerateSerializer, Alias("mm.RunNotFoundException")]
public sealed class RunNotFoundException : Exception
{
    /// <param name="runId">The id that was asked for.</param>
    public RunNotFoundException(string runId)
        : base($"There is no run {runId} here; 'mm runs' lists them.") => RunId = runId;

    /// <summary>The id that was asked for.</summary>
    [Id(0)]
    public string RunId { get; }
}
