using MMOrleans.Runs.Events;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Trainers that had no memory left, in a run that did not fail by it; <see cref="Failure"/> tells of the other.</summary>
internal static class LostMemory
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var failed = evidence.Record is { Status: RunStatus.Failed, Error.Code: "MM4001" or "MM4002" };
        return evidence
            .All<MemoryExhausted>()
            .GroupBy(found => found.What.Trainer)
            .Where(_ => !failed)
            .Select(found => Tell(evidence, found.First().Event, found.First().What));
    }

    public static Finding Tell(RunEvidence evidence, EventRecord happened, MemoryExhausted memory)
    {
        List<Evidence> lines =
        [
            new(
                "asked for",
                memory.Wanted is { } wanted
                    ? $"{Words.Bytes(wanted)}{(memory.Free is { } free ? $", free were {Words.Bytes(free)}" : "")}"
                    : "more than there was"
            ),
            new("noticed", "its own report, at once"),
        ];
        if (
            evidence.All<TrainerLeft>().LastOrDefault(left => left.What.Trainer == memory.Trainer).What is
            { Heirs.Count: > 0 } left
        )
            lines.Add(new("recomputed", $"slots {left.Slots} by {Words.List(left.Heirs)}"));
        return new(
            "out_of_memory",
            $"{memory.Trainer} ran out of memory on {memory.Device} {Words.Where(happened)} (MM4001)."
        )
        {
            Time = happened.Time,
            Trainer = memory.Trainer,
            Code = "MM4001",
            Evidence = lines,
            Next =
                $"mm show {evidence.Record.Id} --config{evidence.Flag} > {evidence.Record.Id}.yaml && mm train {evidence.Record.Id}.yaml --slots 8{evidence.Flag}",
        };
    }
}
