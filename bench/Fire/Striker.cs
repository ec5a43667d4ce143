using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Bench.Fire;

/// <summary>Does to a cluster what a plan says, and undoes it.</summary>
internal sealed class Striker(TestCluster cluster, Supervisor supervisor)
{
    /// <summary>Strikes at once.</summary>
    /// <returns>Ends when the fault is over.</returns>
    public async Task StrikeAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        var silo = cluster.Silos[fault.Silo];
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                supervisor.Kill(fault.Silo, fault.Length);
                break;
            case FaultKind.Freeze:
                silo.Process.Freeze();
                await Task.Delay(fault.Length, cancellationToken);
                silo.Process.Thaw();
                break;
            case FaultKind.Cut:
                var other = cluster.Silos[fault.Other];
                silo.Link!.SwallowFrom(other.Process.Id);
                other.Link!.SwallowFrom(silo.Process.Id);
                await Task.Delay(fault.Length, cancellationToken);
                silo.Link.Mend();
                other.Link.Mend();
                break;
            case FaultKind.RedisKill:
                await cluster.Redis.KillAsync();
                await Task.Delay(fault.Length, cancellationToken);
                await cluster.Redis.StartAgainAsync();
                break;
            case FaultKind.RedisFreeze:
                cluster.Redis.Freeze();
                await Task.Delay(fault.Length, cancellationToken);
                cluster.Redis.Thaw();
                break;
        }
    }
}
