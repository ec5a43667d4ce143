using System.Text.Json.Serialization;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Where in the run a state lies and what its running epoch has summed up so far; the content of <c>state.json</c>.</summary>
/// <remarks>Random streams need no state of their own: each number is a function of seed, epoch, sample and draw.</remarks>
public sealed record CheckpointProgress
{
    /// <summary>Format of this document.</summary>
    public string Schema { get; init; } = "mm/state/v1";

    /// <summary>Completed epochs, which is also the running epoch counted from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>The round to compute next.</summary>
    public required long Round { get; init; }

    /// <summary>Rounds of the running epoch that are done; 0 at an epoch's boundary.</summary>
    public int RoundOfEpoch { get; init; }

    /// <summary>Draws of the running epoch that are done: the sampler's position.</summary>
    public long DrawOfEpoch { get; init; }

    /// <summary>The seed all random streams derive from.</summary>
    public required long Seed { get; init; }

    /// <summary>Learning rate of the round to compute next.</summary>
    public double LearningRate { get; init; }

    /// <summary><c>pretraining</c>, <c>main</c> or <c>deferred</c>, of the round to compute next.</summary>
    public string Phase { get; init; } = "main";

    /// <summary>Training images by class.</summary>
    public IReadOnlyList<int> ClassCounts { get; init; } = [];

    /// <summary>Running epoch: Σ w·ℓ.</summary>
    public double LossSum { get; init; }

    /// <summary>Running epoch: Σ w.</summary>
    public double Denominator { get; init; }

    /// <summary>Running epoch: training images classified rightly.</summary>
    public long Correct { get; init; }

    /// <summary>Running epoch: training images.</summary>
    public long Images { get; init; }

    /// <summary>Running epoch: wrapping sum of hash(sample, draw). Text in the file, because many readers of JSON round large numbers.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong SampleSum { get; init; }

    /// <summary>Running epoch: its five sums as one.</summary>
    [JsonIgnore]
    public EpochSums Sums
    {
        get => new(Denominator, Images, LossSum, Correct, SampleSum);
        init =>
            (Denominator, Images, LossSum, Correct, SampleSum) = (
                value.Denominator,
                value.Images,
                value.LossSum,
                value.Correct,
                value.SampleSum
            );
    }

    /// <summary>Running epoch: norm of the last averaged gradient; 0 where there is none.</summary>
    public double GradientNorm { get; init; }

    /// <summary>
    /// Closed epochs of which its writer does not know that the run was told, oldest first; null, and not in the file, where there are none.
    /// Who goes on from here tells them: everybody else who knew them may be gone. A run that knows one already takes no notice.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EpochResult>? UntoldEpochs { get; init; }
}
