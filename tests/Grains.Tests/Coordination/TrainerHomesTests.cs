using System.Net;
using MMOrleans.Grains.Coordination;
using Orleans.Runtime;

namespace MMOrleans.Grains.Tests.Coordination;

public class TrainerHomesTests
{
    private readonly Membership _membership = new();

    [Fact]
    public void ASiloIsLostOnceItIsDeclaredDead()
    {
        var homes = new TrainerHomes(_membership);
        _membership.Declare("a", life: 1, SiloStatus.Active);
        _membership.Declare("b", life: 1, SiloStatus.Active);
        Assert.Empty(homes.Lost);

        _membership.Declare("a", life: 1, SiloStatus.Dead);

        Assert.Equal(["a"], homes.Lost);
        Assert.True(homes.IsDead("a"));
        Assert.False(homes.IsDead("b"));
    }

    /// <summary>The cluster keeps the dead for a week, and each has the name of one that lives.</summary>
    [Fact]
    public void ASiloWhoseNameAnotherProcessHasIsNotLost()
    {
        var homes = new TrainerHomes(_membership);
        _membership.Declare("a", life: 1, SiloStatus.Dead);
        _membership.Declare("a", life: 2, SiloStatus.Dead);
        Assert.Equal(["a"], homes.Lost);

        _membership.Declare("a", life: 3, SiloStatus.Active);
        Assert.Empty(homes.Lost);

        _membership.Declare("a", life: 3, SiloStatus.Dead);
        Assert.Equal(["a"], homes.Lost);
    }

    private sealed class Membership : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } =
            new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new(0));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates =>
            throw new NotSupportedException();

        public void Declare(string silo, int life, SiloStatus status)
        {
            var address = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, silo[0]), life);
            CurrentSnapshot = new(
                CurrentSnapshot.Members.SetItem(address, new(address, status, silo)),
                new(CurrentSnapshot.Version.Value + 1)
            );
        }

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}
