using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>What the run's grain is to do. Those with a result feed it back as a <see cref="LifeEvent"/>.</summary>
internal abstract record LifeEffect
{
    /// <summary>Keep other processes from writing into the folder: <see cref="LifeEvent.Held"/> or <see cref="LifeEvent.NotHeld"/>.</summary>
    public sealed record Hold : LifeEffect;

    /// <summary>Let others write into the folder.</summary>
    public sealed record Unhold : LifeEffect;

    /// <summary>Open what the run begins with: <see cref="LifeEvent.Opened"/> or <see cref="LifeEvent.OpeningFailed"/>.</summary>
    /// <param name="Intent">Why.</param>
    /// <param name="Known">The run; null for a submission.</param>
    /// <param name="Settings">How it is to be carried out; null for a submission, which brings them.</param>
    public sealed record Open(RunIntent Intent, LifeState.Known? Known, RunSettings? Settings) : LifeEffect;

    /// <summary>Ask the cluster for trainers, for which it waits since a time: <see cref="LifeEvent.Allotted"/>.</summary>
    /// <param name="Claim">How it comes by them.</param>
    /// <param name="Settings">Says how many.</param>
    /// <param name="Slots">V.</param>
    /// <param name="Since">The time.</param>
    /// <param name="Fingerprint">Build and devices that they must have; null for any.</param>
    public sealed record Ask(
        TrainerClaim Claim,
        RunSettings Settings,
        int Slots,
        DateTimeOffset Since,
        string? Fingerprint
    ) : LifeEffect;

    /// <summary>Make the folder: <see cref="LifeEvent.Created"/> or <see cref="LifeEvent.CreationFailed"/>.</summary>
    public sealed record Create(LifeEvent.Opened Opened) : LifeEffect;

    /// <summary>Replace the record.</summary>
    public sealed record Write(RunRecord Record) : LifeEffect;

    /// <summary>Add a line to the timeline.</summary>
    public sealed record Tell(RunNews News) : LifeEffect;

    /// <summary>Show that it waits.</summary>
    /// <param name="Queued">The run.</param>
    /// <param name="For">What it waits for.</param>
    public sealed record Wait(LifeState.Queued Queued, string For) : LifeEffect;

    /// <summary>Open the logs, start the coordinator, send the trainers: <see cref="LifeEvent.Started"/>.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Trainers">Its own.</param>
    /// <param name="From">Where it begins.</param>
    /// <param name="MinTrainers">Fewest to begin with.</param>
    /// <param name="News">Told first.</param>
    /// <param name="IsFirst">Whether it is the run's first stretch.</param>
    /// <param name="Trace">Span of the client that asked.</param>
    /// <param name="Dispute">Why it went back, when nobody knew whose state was right.</param>
    public sealed record Start(
        LifeState.Live Run,
        ImmutableArray<TrainerDescription> Trainers,
        StartingPoint From,
        int MinTrainers,
        RunNews News,
        bool IsFirst,
        string? Trace,
        Dispute? Dispute
    ) : LifeEffect;

    /// <summary>Go on with the logs of a run that another activation kept.</summary>
    public sealed record Adopt(LifeState.Live Run) : LifeEffect;

    /// <summary>Ask whether somebody leads it: <see cref="LifeEvent.Led"/>.</summary>
    public sealed record AskWhoLeads : LifeEffect;

    /// <summary>Send out one more trainer: <see cref="LifeEvent.BroughtIn"/>.</summary>
    public sealed record BringIn(TrainerDescription Trainer) : LifeEffect;

    /// <summary>The first round of a stretch is done.</summary>
    /// <param name="After">How long it took.</param>
    public sealed record TellBegan(TimeSpan After) : LifeEffect;

    /// <summary>Have the coordinator end it.</summary>
    /// <param name="Now">Without a checkpoint.</param>
    /// <param name="Reason">Why, where it is new.</param>
    public sealed record StopCoordinator(bool Now, string? Reason = null) : LifeEffect;

    /// <summary>Ask for <see cref="LifeEvent.StopAsked"/> at a time.</summary>
    public sealed record Limit(DateTimeOffset At) : LifeEffect;

    /// <summary>Ask for <see cref="LifeEvent.Tick"/> now and then.</summary>
    public sealed record Supervise : LifeEffect;

    /// <summary>Tell and record how it ended.</summary>
    public sealed record End(LifeState.Ended Run, RunEnd Outcome) : LifeEffect;

    /// <summary>Let others have its trainers: <see cref="LifeEvent.Released"/>.</summary>
    public sealed record Release : LifeEffect;

    /// <summary>Write what the disk still refuses, then let the folder go.</summary>
    public sealed record LetGo : LifeEffect;

    /// <summary>Deactivate the grain: the run is another process's.</summary>
    public sealed record Leave(Fault Fault) : LifeEffect;

    /// <summary>Answer the caller.</summary>
    /// <param name="IsAccepted">Whether it is as asked for; of a restart: whether the run goes on.</param>
    /// <param name="Fault">Why it is refused; with an accepted run, what failed after it had begun.</param>
    public sealed record Answer(bool IsAccepted, Fault? Fault = null) : LifeEffect;
}
