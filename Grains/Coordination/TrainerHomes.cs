using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Placement;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Coordination;

/// <summary>Where the processes of a run's trainers are or were, by the cluster's membership and the heartbeats that came.</summary>
internal sealed class TrainerHomes(IClusterMembershipService membership)
{
    private readonly Dictionary<string, SiloAddress> _homes = []; // where each trainer's last heartbeat came from

    /// <summary>A heartbeat came: its trainer's process is the one that has the silo's name now.</summary>
    public void Note(string trainer)
    {
        if (HomeOf(PinnedKey.Silo(trainer)) is { } home)
            _homes[trainer] = home;
    }

    /// <summary>Whether a silo was declared dead, and no other process has its name since.</summary>
    public bool IsDead(string silo) =>
        !IsBack(silo)
        && membership.CurrentSnapshot.Members.Values.Any(m => m.Name == silo && m.Status == SiloStatus.Dead);

    /// <summary>Whether a silo is there.</summary>
    public bool IsBack(string silo) =>
        membership.CurrentSnapshot.Members.Values.Any(m => m.Name == silo && m.Status == SiloStatus.Active);

    /// <summary>Adds when the process of a trainer that came had begun, and what the port of one that went says.</summary>
    public MembershipNews Complete(MembershipNews happened) =>
        happened.Incident switch
        {
            TrainerLeft left => happened with { Port = KnockAt(left) },
            TrainerJoined joined => happened with { Incident = joined with { ProcessSince = Since(joined) } },
            _ => happened,
        };

    private SiloAddress? HomeOf(string silo) =>
        membership
            .CurrentSnapshot.Members.Values.FirstOrDefault(m =>
                m.Name == silo && m.Status == SiloStatus.Active
            )
            ?.SiloAddress;

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
