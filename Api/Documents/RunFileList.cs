namespace MMOrleans.Api.Documents;

/// <summary>Files of a run that may be read.</summary>
/// <param name="Run">The run.</param>
/// <param name="Files">Records, metrics, events, logs and the descriptions of checkpoints.</param>
public sealed record RunFileList(string Run, IReadOnlyList<RunFileDocument> Files)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/files/v1";
}

/// <summary>One of them.</summary>
/// <param name="Name">Relative to the run's folder, with slashes.</param>
/// <param name="Bytes">Its size now.</param>
public sealed record RunFileDocument(string Name, long Bytes);
