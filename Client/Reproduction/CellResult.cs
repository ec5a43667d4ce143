using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Reproduction;

/// <summary>What a run of the table gave.</summary>
/// <param name="Cell">Which.</param>
/// <param name="Run">The run's id.</param>
/// <param name="BestError">Smallest test error of any epoch, in percent: what the published code reports, though it selects on the test set.</param>
/// <param name="LastError">Test error of the last epoch, in percent.</param>
/// <param name="StateSha256">Of the final state.</param>
/// <param name="Parent">The checkpoint that it was forked from; null when all of it was trained.</param>
/// <param name="TrainedEpochs">Epochs that were trained in this run.</param>
/// <param name="Images">Training images of these epochs.</param>
/// <param name="Seconds">What these epochs took, evaluation included.</param>
internal sealed record CellResult(
    Cell Cell,
    string Run,
    double BestError,
    double LastError,
    string StateSha256,
    string? Parent,
    int TrainedEpochs,
    long Images,
    double Seconds
)
{
    /// <summary>From a finished run's folder.</summary>
    /// <param name="cell">Which.</param>
    /// <param name="record">Its record; finished and evaluated.</param>
    /// <param name="epochs">Its epochs.</param>
    public static CellResult Of(Cell cell, RunRecord record, IReadOnlyList<EpochResult> epochs)
    {
        var inherited = record.Parent is { } parent ? int.Parse(parent[(parent.LastIndexOf('-') + 1)..]) : 0;
        var own = epochs.Where(row => row.Epoch > inherited).ToList();
        return new(
            cell,
            record.Id,
            Percent(record.Best!.Accuracy),
            Percent(record.Last!.Accuracy),
            record.StateSha256!,
            record.Parent,
            own.Count,
            own.Sum(row => row.Images),
            own.Sum(row => row.Seconds)
        );
    }

    private static double Percent(double? accuracy) => 100 * (1 - accuracy!.Value);
}
