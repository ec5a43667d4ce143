using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Tests.Transport;

/// <summary>An arena of this process, mapped once more as another process would.</summary>
public sealed class ArenaTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;

    private readonly Arena? _arena = OperatingSystem.IsLinux() ? Arena.Create(64 * MiB) : null;

    [Fact]
    public void WhatIsWrittenInOneProcessIsReadInAnotherWhereItLies()
    {
        var (region, other) = (Arena.Take(1000)!, Open());
        region.GetSpan().Fill(7);

        var chunk = other.Find(Reference(region, 100, 300))!;

        Assert.Equal(300, chunk.Length);
        Assert.False(chunk.Bytes.ContainsAnyExcept((byte)7));
        region.GetSpan()[100] = 8;
        Assert.Equal(8, chunk.Bytes[0]);
        Assert.True(chunk.IsIntact);
    }

    [Fact]
    public void WhoeverReadsLearnsThatTheBytesAreOthersByNow()
    {
        var (region, other) = (Arena.Take(1000)!, Open());
        var (here, there) = (
            VectorChunk.Borrow(region.Memory[100..400]),
            other.Find(Reference(region, 100, 300))!
        );
        Assert.True(here.IsIntact && there.IsIntact);

        region.Renew();

        Assert.False(here.IsIntact || there.IsIntact);
        Assert.Null(there.Keep());
        Assert.True(VectorChunk.Borrow(region.Memory).IsIntact);
    }

    [Fact]
    public void RegionThatWasGivenBackIsNobodysAndItsPagesAreFree()
    {
        var region = Arena.Take(8 * MiB)!;
        region.GetSpan().Fill(1);
        var (chunk, other) = (Open().Find(Reference(region, 0, 8 * MiB))!, Open());
        var (held, name) = (other.Find(Reference(region, 0, 10))!, Arena.Address.Arena);
        var here = VectorChunk.Borrow(region.Memory); // as a segment of the same silo holds it

        Arena.Return(region);

        Assert.False(chunk.IsIntact || held.IsIntact || here.IsIntact);
        Assert.False(chunk.Bytes.ContainsAnyExcept((byte)0));
        Assert.Equal(0, Arena.Used);
        Assert.Equal(name, Open().Address.Arena);
    }

    [Fact]
    public void SomethingElseThanTheArenaIsNotShared()
    {
        var address = Arena.Address;

        Assert.Null(ForeignArena.TryOpen(address with { Arena = address.Arena ^ 2 }));
        Assert.Null(ForeignArena.TryOpen(address with { Descriptor = 100_000 }));
        Assert.Null(ForeignArena.TryOpen(address with { Descriptor = 0 }));
        Assert.Null(ForeignArena.TryOpen(address with { Process = int.MaxValue }));
        Assert.Null(ForeignArena.TryOpen(address with { Length = address.Length * 2 }));
        Assert.Null(ForeignArena.TryOpen(address with { Length = 0 }));
    }

    /// <summary>What another process says is believed as far as the arena goes.</summary>
    [Fact]
    public void ReferenceThatLeadsElsewhereNamesNothing()
    {
        var (region, other) = (Arena.Take(1000)!, Open());
        var sound = Reference(region, 0, 1000);

        Assert.NotNull(other.Find(sound));
        Assert.Null(other.Find(sound with { Arena = 5 }));
        Assert.Null(other.Find(sound with { Entry = -1 }));
        Assert.Null(other.Find(sound with { Entry = int.MaxValue }));
        Assert.Null(other.Find(sound with { Offset = 0 }));
        Assert.Null(other.Find(sound with { Offset = long.MaxValue }));
        Assert.Null(other.Find(sound with { Length = -1 }));
        Assert.Null(other.Find(sound with { Offset = Arena.Address.Length - 999 }));
        Assert.False(other.Find(sound with { Version = sound.Version + 1 })!.IsIntact);
    }

    [Fact]
    public void RegionsNeverOverlapAndAllOfAnArenaThatIsEmptyCanBeTakenAgain()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        List<SharedRegion> taken = [];
        for (var i = 0; i < 2000; i++)
            if (taken.Count > 0 && random.Next(2) == 0)
            {
                var at = random.Next(taken.Count);
                Arena.Return(taken[at]);
                taken.RemoveAt(at);
            }
            else if (Arena.Take(random.Next(1, 3 * MiB)) is { } region)
            {
                Assert.DoesNotContain(
                    taken,
                    other =>
                        region.Offset < other.Offset + other.Length
                        && other.Offset < region.Offset + region.Length
                );
                taken.Add(region);
            }

        foreach (var region in taken)
            Arena.Return(region);
        Assert.NotNull(Arena.Take(64 * MiB));
        Assert.Null(Arena.Take(1));
    }

    [Fact]
    public void ScopeGivesBackAllThatItTookAndTakesArraysWhereTheArenaIsFull()
    {
        using (var scope = new ArenaScope(Arena))
        {
            Assert.True(VectorChunk.Borrow(scope.Take(40 * MiB)).IsVersioned);
            Assert.False(VectorChunk.Borrow(scope.Take(40 * MiB)).IsVersioned);
            Assert.Equal(40 * MiB, Arena.Used);
        }

        Assert.Equal(0, Arena.Used);
    }

    private Arena Arena
    {
        get
        {
            Assert.SkipWhen(_arena is null, "Memory is shared between processes on Linux only.");
            return _arena;
        }
    }

    private ForeignArena Open() => ForeignArena.TryOpen(Arena.Address)!;

    private static ChunkReference Reference(SharedRegion region, int start, int length) =>
        region.Refer(region.Version, start, length);
}
