namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Times that the run waited for others to be done.</summary>
internal static class QueueWaits
{
    private const double Long = 5; // seconds; a turn of the queue takes some

    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        foreach (var wait in QueueWait.Of(evidence))
        {
            var end = wait.Until ?? evidence.End;
            var seconds = (end - wait.Since).TotalSeconds;
            if (wait.Until is not null && seconds < Long)
                continue;
            List<Evidence> lines = [new("waited for", wait.Last.WaitingFor)];
            if (wait.Last.HeldBy.Length > 0)
                lines.Add(new("held by", wait.Last.HeldBy));
            yield return new(
                "queue_wait",
                wait switch
                {
                    { Until: null } =>
                        $"It has been waiting in the queue for {Words.Seconds(seconds)}, since {Words.Time(wait.Since)}.",
                    { IsOver: true } =>
                        $"It waited in the queue for {Words.Seconds(seconds)}, until {Words.Time(end)}.",
                    _ =>
                        $"It left the queue at {Words.Time(end)} after {Words.Seconds(seconds)}, without trainers.",
                }
            )
            {
                Time = wait.Since,
                Evidence = lines,
                Next = wait.IsOver ? null : $"mm cluster status{evidence.Flag}",
            };
        }
    }
}
