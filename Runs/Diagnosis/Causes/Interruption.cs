using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>A run whose record says that it goes on, while nobody trains it.</summary>
internal static class Interruption
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var record = evidence.Record;
        if (record.Status.IsEnd() || evidence.IsLive)
            yield break;
        var last = evidence.Events is [.., var newest] ? newest : null;
        yield return new(
            "interruption",
            $"{record.Id} was interrupted: its process ended without a word, killed (SIGKILL, out of memory) or with its machine."
        )
        {
            Time = last?.Time,
            Evidence =
            [
                new(
                    "last sign",
                    last is null ? "none" : $"{Words.Time(last.Time)}, {last.Event}: {last.Message}"
                ),
                new("noticed", $"the record says {record.Status.Word()}, and no process serves the run"),
                new(
                    "to redo",
                    record.LastCheckpoint is { } checkpoint
                        ? $"what came after checkpoint {checkpoint}"
                        : "everything: there is no checkpoint"
                ),
            ],
            Next = evidence.Mm("resume"),
        };
    }
}
