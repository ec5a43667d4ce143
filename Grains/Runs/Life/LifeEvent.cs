using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>What happens to a run: a wish, news, or the result of an effect.</summary>
internal abstract record LifeEvent
{
    /// <summary>The grain was activated, and the folder has a record; perhaps a coordinator leads the run.</summary>
    public sealed record Found(RunRecord Record, bool IsLed) : LifeEvent
    {
        /// <summary>Whether a coordinator may lead a run with this record; of any other, none is asked.</summary>
        public static bool MayBeLed(RunRecord record) =>
            record.Status is not RunStatus.Queued && !record.Status.IsEnd();
    }

    /// <summary>A client submits it.</summary>
    public sealed record Submitted(RunSubmission Asked, RunSpecification Specification) : LifeEvent;

    /// <summary>A client wants it to go on.</summary>
    public sealed record Resumed(RunResumption Wish) : LifeEvent;

    /// <summary>A silo has started and finds it not over.</summary>
    public sealed record Woken : LifeEvent;

    /// <summary>Its owner, or its time limit, wants it to end.</summary>
    /// <param name="Now">Without a checkpoint.</param>
    /// <param name="Reason"><c>request</c> or <c>max_time</c>.</param>
    public sealed record StopAsked(bool Now, string Reason) : LifeEvent;

    /// <summary>A coordinator, or nobody's answer, says that it cannot go on as it is.</summary>
    public sealed record RestartAsked(string Reason, Dispute? Dispute) : LifeEvent;

    /// <summary>The coordinator says how it ended.</summary>
    public sealed record CoordinatorEnded(RunEnd Outcome) : LifeEvent;

    /// <summary>The coordinator says how far it is.</summary>
    /// <param name="Round">Completed rounds.</param>
    /// <param name="Trainers">Who takes part.</param>
    /// <param name="StateIsHeld">Whether one of them holds the run's state.</param>
    public sealed record Progressed(long Round, ImmutableHashSet<string> Trainers, bool StateIsHeld)
        : LifeEvent
    {
        public static Progressed Of(RunProgress progress) =>
            new(
                progress.Round,
                [.. progress.Trainers.Select(t => t.Trainer)],
                progress.Trainers.Any(t =>
                    t.Stage is TrainerStage.Training or TrainerStage.Paused or TrainerStage.Done
                )
            );
    }

    /// <summary>Time to look after the run.</summary>
    public sealed record Tick : LifeEvent;

    /// <summary>Answers <see cref="LifeEffect.AskWhoLeads"/>.</summary>
    public sealed record Led(bool IsLed) : LifeEvent;

    /// <summary>The folder is held, and this is its record.</summary>
    public sealed record Held(RunRecord Record) : LifeEvent;

    /// <summary>Another process writes into the folder.</summary>
    public sealed record NotHeld(Fault Fault) : LifeEvent;

    /// <summary>What it begins with is there.</summary>
    /// <param name="Record">The run's; of a submission, what its record would be.</param>
    /// <param name="Settings">How it is to be carried out.</param>
    /// <param name="Specification">What it computes.</param>
    /// <param name="From">Where it begins.</param>
    public sealed record Opened(
        RunRecord Record,
        RunSettings Settings,
        RunSpecification Specification,
        StartingPoint From
    ) : LifeEvent;

    /// <summary>Images, checkpoint or weights cannot be used.</summary>
    public sealed record OpeningFailed(Fault Fault) : LifeEvent;

    /// <summary>An effect of the opening threw: nothing has come of it.</summary>
    public sealed record Abandoned : LifeEvent;

    /// <summary>The cluster's answer.</summary>
    public sealed record Allotted(Allotment Allotment) : LifeEvent;

    /// <summary>The folder is there.</summary>
    /// <param name="Record">With the past that it may have been forked from.</param>
    public sealed record Created(RunRecord Record) : LifeEvent;

    /// <summary>The folder could not be made; nothing is left of it.</summary>
    public sealed record CreationFailed(Fault Fault) : LifeEvent;

    /// <summary>Coordinator and trainers were told to begin.</summary>
    /// <param name="Dispute">As <see cref="LifeEffect.Start"/> has it.</param>
    public sealed record Started(Dispute? Dispute) : LifeEvent;

    /// <summary>A trainer that had come was told to take part.</summary>
    public sealed record BroughtIn(TrainerDescription Trainer) : LifeEvent;

    /// <summary>Others may have its trainers.</summary>
    public sealed record Released : LifeEvent;
}

/// <summary>Where a stretch of training begins.</summary>
/// <param name="Checkpoint">Null for the first round.</param>
/// <param name="Epoch">Completed epochs.</param>
/// <param name="Round">Completed rounds.</param>
/// <param name="ForkedFrom">Another run's checkpoint, as <c>RUN@CHECKPOINT</c>; null unless it is.</param>
/// <param name="PassedOver">Newer checkpoints that are damaged, each with what is wrong.</param>
internal sealed record StartingPoint(
    string? Checkpoint,
    int Epoch,
    long Round,
    string? ForkedFrom,
    IReadOnlyList<(string Name, string Damage)> PassedOver
);
