using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>A time in which a run had to wait for its turn.</summary>
/// <param name="Since">When it was put into the queue.</param>
/// <param name="Until">When it was given its trainers, or gave up; null while it waits.</param>
/// <param name="Last">What it waited for at last.</param>
/// <param name="IsOver">Whether it was given its trainers.</param>
internal sealed record QueueWait(DateTimeOffset Since, DateTimeOffset? Until, RunQueued Last, bool IsOver)
{
    /// <summary>All of a run, in order.</summary>
    public static IReadOnlyList<QueueWait> Of(RunEvidence evidence)
    {
        List<QueueWait> waits = [];
        QueueWait? open = null;
        foreach (var happened in evidence.Events)
        {
            if (Incident.Of(happened) is RunQueued queued)
            {
                open = (open ?? new(happened.Time, null, queued, false)) with { Last = queued };
            }
            else if (open is not null && happened.Event is "started" or "resumed" or "stopped" or "error")
            {
                waits.Add(
                    open with
                    {
                        Until = happened.Time,
                        IsOver = happened.Event is "started" or "resumed",
                    }
                );
                open = null;
            }
        }

        return open is null ? waits : [.. waits, open];
    }
}
