using System.Text.Json;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>Where a run's time went: the share in which devices did work that the result needs, and what the rest was lost to.</summary>
/// <remarks>
/// The whole is wall time × trainers, from the start to the end, pauses of the run included. The shares add up to 1: each moment of each
/// trainer is counted under one name. <see cref="TimeLedger"/> says how.
/// </remarks>
/// <param name="TrainerSeconds">The whole.</param>
/// <param name="Useful">Share spent in forward and backward passes and optimiser steps of rounds that were kept, in [0, 1].</param>
/// <param name="Losses">The others, the largest first; none of 0.</param>
public sealed record Goodput(double TrainerSeconds, double Useful, IReadOnlyList<TimeLoss> Losses)
{
    /// <summary>Null before the first epoch or stretch of time to speak of.</summary>
    public static Goodput? Of(RunEvidence evidence)
    {
        var ledger = TimeLedger.Of(evidence);
        var whole = ledger.Values.Sum();
        return whole <= 0
            ? null
            : new(
                whole,
                ledger.GetValueOrDefault(TimeUse.Useful) / whole,
                [
                    .. ledger
                        .Where(entry => entry.Key != TimeUse.Useful && entry.Value > 0)
                        .OrderByDescending(entry => entry.Value)
                        .Select(entry => new TimeLoss(entry.Key, entry.Value / whole)),
                ]
            );
    }

    /// <summary>As a document, the same that <see cref="DiagnosisDocument"/> has within.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DiagnosisJson.Default.Goodput);
}

/// <summary>A share of a run's time that was not useful.</summary>
/// <param name="Name">One of <see cref="TimeUse"/>.</param>
/// <param name="Share">Of wall time × trainers, in [0, 1].</param>
public sealed record TimeLoss(string Name, double Share)
{
    /// <summary>Whether clocks gave it; else it is what lies between times that clocks gave.</summary>
    public bool IsMeasured => Name is TimeUse.Start or TimeUse.Evaluation or TimeUse.Recovery;
}

/// <summary>Names of what a run's time is spent on.</summary>
public static class TimeUse
{
    /// <summary>Forward and backward passes and optimiser steps of rounds that were kept.</summary>
    public const string Useful = "useful";

    /// <summary>From a start until the first round: opening images, loading the native library and the state, waiting for trainers.</summary>
    public const string Start = "start";

    /// <summary>Waiting for images.</summary>
    public const string Data = "data";

    /// <summary>Sending blocks and receiving averages.</summary>
    public const string Exchange = "exchange";

    /// <summary>Waiting for the slots of others.</summary>
    public const string Wait = "wait";

    /// <summary>From the last heartbeat of a trainer that was lost until the next round.</summary>
    public const string Recovery = "recovery";

    /// <summary>Work on rounds that were given up, and computed once more where the run went on.</summary>
    public const string LostWork = "lost_work";

    /// <summary>Between an end and the resumption, and between the death of all trainers and the restart.</summary>
    public const string Stopped = "stopped";

    /// <summary>Waiting for its turn between an end and the resumption. Before its first start a run has no trainers that could be idle.</summary>
    public const string Queue = "queue";

    /// <summary>Classifying test images.</summary>
    public const string Evaluation = "evaluation";

    /// <summary>From the last epoch to the end: the final checkpoint and the agreement on the state.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>Trainers that had no slots.</summary>
    public const string Spare = "spare";

    /// <summary>Trainers that were lost, or had not come yet.</summary>
    public const string Away = "away";

    /// <summary>What none of the others is.</summary>
    public const string Other = "other";

    /// <summary>As a person reads it.</summary>
    public static string InWords(string name) =>
        name switch
        {
            Start => "starting",
            Data => "waiting for images",
            Wait => "waiting for other trainers",
            Recovery => "making up for lost trainers",
            LostWork => "work that was not kept",
            Queue => "waiting in the queue",
            Evaluation => "evaluating",
            Checkpoint => "the end (last checkpoint)",
            Spare => "trainers without slots",
            Away => "trainers away",
            _ => name,
        };
}
