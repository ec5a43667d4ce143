using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class WriterClaimTests
{
    private static readonly WriterIdentity Mine = Identity("here", "boot-1", null, "me");

    [Fact]
    public void LockedFolderIsRefusedToEveryProcessOutsideTheWritersCluster()
    {
        WriterIdentity?[] others =
        [
            null,
            Identity("here", "boot-1", null, "other"),
            Identity("there", "boot-2", null, "other"),
            Identity("here", "boot-1", "mmorleans/a", "other"),
        ];

        Assert.All(
            others,
            there =>
            {
                Assert.Equal(WriterClaim.Refuse, WriterClaims.Decide(true, there, Mine));
                Assert.Equal(
                    WriterClaim.Refuse,
                    WriterClaims.Decide(true, there, Mine with { Cluster = "mmorleans/b" })
                );
            }
        );
    }

    [Fact]
    public void SiloOfTheSameClusterGoesOnWithoutTheLockOfAFrozenOne()
    {
        var mine = Mine with { Cluster = "mmorleans/a" };
        var frozen = Identity("there", "boot-2", "mmorleans/a", "frozen");

        Assert.Equal(WriterClaim.GoOnWithout, WriterClaims.Decide(true, frozen, mine));
        Assert.Equal(WriterClaim.Take, WriterClaims.Decide(false, frozen, mine));
    }

    [Fact]
    public void ProcessOfThisMachineWhoseLockIsFreeIsDeadWhateverItsNumberAndTime()
    {
        var dead = Identity("another name", "boot-1", null, "dead") with
        {
            Pid = Environment.ProcessId,
            PidNamespace = "pid:[1]",
            Since = DateTimeOffset.MaxValue,
        };

        Assert.Equal(WriterClaim.Take, WriterClaims.Decide(false, dead, Mine));
        Assert.False(WriterClaims.IsLive(false, dead, Mine, TimeSpan.Zero));
    }

    [Fact]
    public void ProcessBeyondTheReachOfLocksIsWatchedBeforeItsFolderIsTaken()
    {
        WriterIdentity[] away =
        [
            Identity("there", "boot-2", null, "other"),
            Identity("there", "", null, "other"),
            Identity("here", "boot-1", "mmorleans/a", "other") with
            {
                HasLock = false,
            },
        ];

        Assert.All(away, there => Assert.Equal(WriterClaim.Watch, WriterClaims.Decide(false, there, Mine)));
        Assert.All(away, there => Assert.True(WriterClaims.IsLive(false, there, Mine, TimeSpan.Zero)));
        Assert.All(
            away,
            there => Assert.False(WriterClaims.IsLive(false, there, Mine, TimeSpan.FromHours(1)))
        );
    }

    [Fact]
    public void FolderThatNobodyNamedHimselfInIsFree() =>
        Assert.Equal(WriterClaim.Take, WriterClaims.Decide(false, null, Mine));

    [Fact]
    public void ProcessIsNamedWithItsHostAndItsTime()
    {
        var there = Identity("gpu-1", "boot-1", null, "x") with { Pid = 123, PidNamespace = "pid:[1]" };

        Assert.Equal("process 123 on gpu-1 since 2026-01-05 10:41:07 UTC", there.Words(there));
        Assert.Equal(
            "process 123 of another container or PID namespace on gpu-1 since 2026-01-05 10:41:07 UTC",
            there.Words(Mine)
        );
        Assert.Equal(
            "silo silo-0 (process 123) on gpu-1 since 2026-01-05 10:41:07 UTC",
            (there with { Silo = "silo-0" }).Words(there)
        );
    }

    private static WriterIdentity Identity(string host, string boot, string? cluster, string instance) =>
        new()
        {
            Host = host,
            Boot = boot,
            Pid = 1,
            Since = new(2026, 1, 5, 10, 41, 7, TimeSpan.Zero),
            Cluster = cluster,
            Instance = instance,
        };
}
