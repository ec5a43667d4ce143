namespace MMOrleans.Runs.Checkpoints;

/// <summary>A state of a run with everything that is needed to go on from it, on any number of trainers.</summary>
public sealed record Checkpoint
{
    /// <summary>Such as <c>r-7f3k9q</c>.</summary>
    public required string RunId { get; init; }

    /// <summary>Position in the run and sums of the running epoch.</summary>
    public required CheckpointProgress Progress { get; init; }

    /// <summary>What the elements of the vectors mean.</summary>
    public required StateLayout Layout { get; init; }

    /// <summary>Flat, in model order.</summary>
    public required ReadOnlyMemory<float> Parameters { get; init; }

    /// <summary>As long as <see cref="Parameters"/>.</summary>
    public required ReadOnlyMemory<float> Momentum { get; init; }

    /// <summary>Flat, in model order.</summary>
    public required ReadOnlyMemory<float> Buffers { get; init; }

    /// <summary>Canonical JSON of the run's specification.</summary>
    public required string Specification { get; init; }

    /// <summary>Identity of the images: the data set's manifest hash.</summary>
    public required string DataManifestHash { get; init; }

    /// <summary>What this run was started or resumed from, oldest first, as <c>RUN@CHECKPOINT</c>.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>Whether no epoch is under way.</summary>
    public bool EndsEpoch => Progress.RoundOfEpoch == 0;

    /// <summary><c>epoch-0170</c> after 170 completed epochs; <c>round-00012345</c> inside an epoch.</summary>
    public string Name => CheckpointName.Of(Progress);

    /// <summary><see cref="StateHash.Sha256"/> of the vectors and the round.</summary>
    public string StateSha256() =>
        StateHash.Sha256(Parameters.Span, Momentum.Span, Buffers.Span, Progress.Round);
}
