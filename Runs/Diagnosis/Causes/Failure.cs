using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Why a run failed.</summary>
internal static class Failure
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var record = evidence.Record;
        if (record.Status != RunStatus.Failed || record.Error is not { } error)
            yield break;
        var last = evidence.Events.LastOrDefault(happened => happened.Event == "error");
        if (last is not null && Incident.Of(last) is LossNotFinite loss)
        {
            yield return Divergence.Tell(evidence, last, loss, error.Code);
            yield break;
        }

        if (
            evidence.All<MemoryExhausted>().LastOrDefault() is { What: { } memory } found
            && IsOfMemory(error)
        )
        {
            yield return LostMemory.Tell(evidence, found.Event, memory);
            yield break;
        }

        yield return new(
            "failure",
            $"{record.Id} failed at epoch {Math.Max(1, last?.Epoch ?? record.Epoch)}, round {record.Round} ({error.Code}): {error.Message.TrimEnd('.')}."
        )
        {
            Time = last?.Time ?? record.Ended,
            Code = error.Code,
            Evidence = [new("state", State(evidence)), new("fix", error.Fix)],
            Next = evidence.Mm("resume"),
        };
    }

    /// <summary>What is left to go on from.</summary>
    public static string State(RunEvidence evidence) =>
        $"round {evidence.Record.Round} is the last good one; {Checkpoint(evidence)}";

    /// <summary>The newest checkpoint.</summary>
    public static string Checkpoint(RunEvidence evidence) =>
        evidence.Record.LastCheckpoint is { } checkpoint
            ? $"checkpoint {checkpoint} is complete"
            : "there is no checkpoint yet, a resumption begins anew";

    // With all trainers gone the run says so, and each of them why.
    private static bool IsOfMemory(Fault error) => error.Code is "MM4001" or "MM4002";
}
