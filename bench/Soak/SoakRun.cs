using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Bench.Soak;

/// <summary>One of many runs: what it computes and what becomes of it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Course">What happens to it.</param>
/// <param name="Specification">What it computes.</param>
/// <param name="Settings">How.</param>
internal sealed record SoakRun(
    int Number,
    SoakCourse Course,
    RunSpecification Specification,
    RunSettings Settings
)
{
    public string Id => $"r-s{Number:d5}";

    /// <summary>How it ends; null where it never begins.</summary>
    public RunStatus? End =>
        Course switch
        {
            SoakCourse.Refused => null,
            SoakCourse.Diverges => RunStatus.Failed,
            SoakCourse.Stopped or SoakCourse.StoppedAtOnce => RunStatus.Stopped,
            _ => RunStatus.Finished,
        };
}

/// <summary>What happens to a run.</summary>
internal enum SoakCourse
{
    /// <summary>It trains to its end.</summary>
    Finishes,

    /// <summary>It is stopped, resumed while it is short of its end, and trains to it.</summary>
    Resumed,

    /// <summary>It is stopped and saved.</summary>
    Stopped,

    /// <summary>It is stopped without being saved.</summary>
    StoppedAtOnce,

    /// <summary>Its loss is soon no number.</summary>
    Diverges,

    /// <summary>Its images are nowhere.</summary>
    Refused,
}
