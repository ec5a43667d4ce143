using MMOrleans.Runs.Diagnosis.Causes;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>Why a run went as it did: its state in a sentence, what happened to it, and where its time went.</summary>
/// <param name="Summary">Where it stands, with its numbers.</param>
/// <param name="Findings">What happened, the gravest first; empty when there is nothing to tell.</param>
/// <param name="Goodput">Where its time went; null before its first round.</param>
public sealed record RunDiagnosis(string Summary, IReadOnlyList<Finding> Findings, Goodput? Goodput)
{
    /// <summary>What a run is asked, a file and a line each, in the order of telling.</summary>
    private static readonly IReadOnlyList<Func<RunEvidence, IEnumerable<Finding>>> Questions =
    [
        Failure.Find,
        Interruption.Find,
        Divergence.Find,
        LostMemory.Find,
        Disputes.Find,
        LostTrainers.Find,
        FrozenTrainers.Find,
        Restarts.Find,
        DamagedCheckpoints.Find,
        UnwrittenCheckpoints.Find,
        Outages.Find,
        LeftOutImages.Find,
        Stragglers.Find,
        SlowEpochs.Find,
        SlowStarts.Find,
        QueueWaits.Find,
    ];

    /// <summary>Judges what a run left behind. Pure: the same evidence, the same findings.</summary>
    public static RunDiagnosis Of(RunEvidence evidence)
    {
        List<Finding> findings = [.. Questions.SelectMany(question => question(evidence))];
        return new(Describe(evidence, findings), findings, Goodput.Of(evidence));
    }

    private static string Describe(RunEvidence evidence, List<Finding> findings)
    {
        var record = evidence.Record;
        var standing = evidence.Standing;
        var seconds = (evidence.End - (record.Started ?? record.Created)).TotalSeconds;
        var numbers =
            $"{record.Id} {(standing is RunStatus.Finished or RunStatus.Failed ? standing.Word() : $"is {standing.Word()}")}"
            + $" after {Words.Count(record.Epoch, "epoch")} and {Words.Count(record.Round, "round")}"
            + $" in {Words.Seconds(seconds)} on {Words.Count(record.Trainers.Count, "trainer")}";
        return findings.Count switch
        {
            0 => $"{numbers}; nothing happened that needs explaining.",
            1 => $"{numbers}; one thing happened.",
            var count => $"{numbers}; {count} things happened.",
        };
    }
}
