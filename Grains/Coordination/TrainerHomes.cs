using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Placement;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Coordination;

/// <summary>Where the processes of a run's trainers are or were, by the cluster's membership and the heartbeats that came.</summary>
internal sealed class TrainerHomes(IClusterMembershipService membership)
{
    private readonly Dictionary<string, SiloAddress> _homes = []; // where each trainer's last heartbeat came from
    private readonly Dictionary<string, SiloAddress> _active = []; // by silo, as of the snapshot
    private readonly HashSet<string> _lost = []; // the same
    private ClusterMembershipSnapshot? _snapshot;

    /// <summary>Silos that were declared dead, and whose name no other process has since.</summary>
    public IReadOnlySet<string> Lost
    {
        get
        {
            Look();
            return _lost;
        }
    }

    /// <summary>A heartbeat came: its trainer's process is the one that has the silo's name now.</summary>
    public void Note(string trainer)
    {
        if (HomeOf(PinnedKey.Silo(trainer)) is { } home)
            _homes[trainer] = home;
    }

    /// <summary>Whether a silo was declared dead, and no other process has its name since.</summary>
    public bool IsDead(string silo) => Lost.Contains(silo);

    /// <summary>Adds when the process of a trainer that came had begun, and what the port of one that went says.</summary>
    public MembershipNews Complete(MembershipNews happened) =>
        happened.Incident switch
        {
            TrainerLeft left => happened with { Port = KnockAt(left) },
            TrainerJoined joined => happened with { Incident = joined with { ProcessSince = Since(joined) } },
            _ => happened,
        };

    private SiloAddress? HomeOf(string silo)
    {
        Look();
        return _active.GetValueOrDefault(silo);
    }

    /// <summary>A cluster keeps its dead for days: its members are gone through when they change, and not with every heartbeat.</summary>
    private void Look()
    {
        var snapshot = membership.CurrentSnapshot;
        if (ReferenceEquals(snapshot, _snapshot))
            return;
        _snapshot = snapshot;
        _active.Clear();
        _lost.Clear();
        foreach (var member in snapshot.Members.Values)
            if (member.Status == SiloStatus.Active)
                _active.TryAdd(member.Name, member.SiloAddress);
            else if (member.Status == SiloStatus.Dead)
                _lost.Add(member.Name);
        _lost.ExceptWith(_active.Keys);
    }

    /// <summary>Where a silo was that is dead: the trainer may have gone before this coordinator heard of it.</summary>
    private SiloAddress? LastHomeOf(string silo) =>
        membership
            .CurrentSnapshot.Members.Values.Where(m => m.Name == silo && m.Status == SiloStatus.Dead)
            .MaxBy(m => m.SiloAddress.Generation)
            ?.SiloAddress;

    /// <summary>A trainer that went without a word is asked whether it is still there.</summary>
    private Task<string>? KnockAt(TrainerLeft left)
    {
        if (
            left.Detected is not (Detection.Beats or Detection.Membership)
            || (_homes.GetValueOrDefault(left.Trainer) ?? LastHomeOf(left.Silo)) is not { } home
        )
            return null;
        return HomeOf(left.Silo) is { } now && !now.Equals(home)
            ? Task.FromResult(PortAnswer.Replaced)
            : PortProbe.AskAsync(home.Endpoint);
    }

    private DateTimeOffset? Since(TrainerJoined joined) =>
        HomeOf(PinnedKey.Silo(joined.Trainer)) is { } home ? ProcessStart.Of(home) : null;
}
