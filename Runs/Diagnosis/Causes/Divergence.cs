using MMOrleans.Runs.Events;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>A loss that was not finite, in a run that went on since; <see cref="Failure"/> tells of the one it ended with.</summary>
internal static class Divergence
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        foreach (var (happened, loss) in evidence.All<LossNotFinite>())
        {
            if (
                evidence.Record.Status != RunStatus.Failed
                || happened != evidence.Events.LastOrDefault(e => e.Event == "error")
            )
                yield return Tell(evidence, happened, loss, "MM4003");
        }
    }

    public static Finding Tell(RunEvidence evidence, EventRecord happened, LossNotFinite loss, string code)
    {
        var id = evidence.Record.Id;
        return new(
            "divergence",
            $"{id} failed at epoch {happened.Epoch}, round {loss.RoundOfEpoch} of it ({code}, loss is not finite)."
        )
        {
            Time = happened.Time,
            Trainer = loss.Trainer,
            Code = code,
            Evidence =
            [
                new("first seen", $"trainer {loss.Trainer}, {Words.Time(happened.Time)}, {loss.Place}"),
                new(
                    "before that",
                    $"{Norms(loss.GradientNorms)}; learning rate was {Words.Number(loss.LearningRate)}"
                ),
                new("state", State(evidence, loss)),
            ],
            // What clips changes the numbers: that is another run.
            Next =
                $"mm show {id} --config{evidence.Flag} > {id}.yaml && mm train {id}.yaml --set optimiser.clip_norm=5{evidence.Flag}",
        };
    }

    // The record knows of the rounds that a heartbeat told of; the trainer itself was further.
    private static string State(RunEvidence evidence, LossNotFinite loss) =>
        $"{(loss.RoundOfEpoch > 1 ? $"round {loss.RoundOfEpoch - 1} of it is the last good one" : "the epoch before it is good")}; {Failure.Checkpoint(evidence)}";

    private static string Norms(IReadOnlyList<double> norms)
    {
        if (norms.Count == 0)
            return "no round was averaged by its gradient";
        var (first, last) = (norms[0], norms[^1]);
        return norms.Count == 1 ? $"gradient norm was {Words.Number(last)}"
            : last > 2 * first
                ? $"gradient norm rose from {Words.Number(first)} to {Words.Number(last)} over {norms.Count} rounds"
            : $"gradient norm was {Words.Number(norms.Min())} to {Words.Number(norms.Max())} over {norms.Count} rounds";
    }
}
