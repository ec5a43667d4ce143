using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>Where a run is in its life, with what is known there.</summary>
internal abstract record LifeState
{
    /// <summary>There is no such run.</summary>
    public sealed record Absent : LifeState;

    /// <summary>There is a run, and its record.</summary>
    /// <param name="Record">As it was last decided.</param>
    /// <param name="Settings">How it is carried out.</param>
    /// <param name="Specification">What it computes.</param>
    public abstract record Known(RunRecord Record, RunSettings Settings, RunSpecification Specification)
        : LifeState
    {
        /// <summary>Why its owner wants it to end, or wanted; empty otherwise.</summary>
        public virtual string StopReason => Record.StopReason;
    }

    /// <summary>Accepted; waits for its trainers. The span is of the client that asked.</summary>
    public sealed record Queued(
        RunRecord Record,
        RunSettings Settings,
        RunSpecification Specification,
        string? Trace
    ) : Known(Record, Settings, Specification);

    /// <summary>Its record says that it goes on, and this grain has not seen anybody lead it.</summary>
    public sealed record Unled(RunRecord Record, RunSettings Settings, RunSpecification Specification)
        : Known(Record, Settings, Specification);

    /// <summary>Trainers were sent out, or go on from before.</summary>
    public abstract record Live(
        RunRecord Record,
        RunSettings Settings,
        RunSpecification Specification,
        Stretch Stretch
    ) : Known(Record, Settings, Specification);

    /// <summary>No round is done yet.</summary>
    public sealed record Starting(
        RunRecord Record,
        RunSettings Settings,
        RunSpecification Specification,
        Stretch Stretch
    ) : Live(Record, Settings, Specification, Stretch);

    /// <summary>Rounds are done.</summary>
    public sealed record Running(
        RunRecord Record,
        RunSettings Settings,
        RunSpecification Specification,
        Stretch Stretch
    ) : Live(Record, Settings, Specification, Stretch);

    /// <summary>Its owner wants it to end, for a reason such as <c>request</c>.</summary>
    public sealed record Stopping(
        RunRecord Record,
        RunSettings Settings,
        RunSpecification Specification,
        Stretch Stretch,
        string Reason
    ) : Live(Record, Settings, Specification, Stretch)
    {
        public override string StopReason => Reason;
    }

    /// <summary>Over until it is resumed; the cluster may still keep trainers for it.</summary>
    public sealed record Ended(
        RunRecord Record,
        RunSettings Settings,
        RunSpecification Specification,
        bool HoldsTrainers
    ) : Known(Record, Settings, Specification);

    /// <summary>What it begins with is being opened, asked for or written; then it lives, or is again what it was.</summary>
    /// <param name="Intent">Why it is to train.</param>
    /// <param name="Before">What it was.</param>
    /// <param name="Opened">What it begins with; null until that is open.</param>
    /// <param name="Allotment">Its trainers; null until the cluster has answered.</param>
    public sealed record Opening(
        RunIntent Intent,
        LifeState Before,
        LifeEvent.Opened? Opened = null,
        Allotment? Allotment = null
    ) : LifeState;
}

/// <summary>A stretch of training under one attempt.</summary>
/// <param name="Attempt">Names it to the coordinator.</param>
/// <param name="Begun">Since when its owner's time counts; a restart is not a new stretch for that.</param>
/// <param name="Since">When this attempt began here.</param>
/// <param name="FirstRound">Completed rounds then; null where another silo began it and nobody has said yet.</param>
internal sealed record Stretch(string Attempt, DateTimeOffset Begun, DateTimeOffset Since, long? FirstRound);
