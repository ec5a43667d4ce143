using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;
using MMOrleans.Runs.Schedules;
using Orleans.Runtime;

namespace MMOrleans.Grains.Tests.Transport;

/// <summary>Two silos of one machine, as far as their transport knows.</summary>
public class VectorTransportTests
{
    private static readonly Dictionary<string, SiloAddress> Addresses = new()
    {
        ["a"] = SiloAddress.New(new(System.Net.IPAddress.Loopback, 1), 1),
        ["b"] = SiloAddress.New(new(System.Net.IPAddress.Loopback, 2), 1),
    };

    private readonly Dictionary<string, VectorTransport> _transports = [];
    private readonly FakeTimeProvider _clock = new();

    public VectorTransportTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is shared between processes on Linux only.");

    [Fact]
    public void FirstVectorGoesInTheCallAndThoseThatFollowStayWhereTheyAre()
    {
        var (a, b) = (Silo("a"), Silo("b"));
        using var memory = a.Begin();
        var contribution = Give("a/t0", memory, 7);

        var first = a.Send("b", contribution);
        var next = a.Send("b", contribution);

        Assert.False(first.Blocks[0].Values.IsElsewhere);
        Assert.True(next.Blocks[0].Values.IsElsewhere);
        Assert.Equal("memory", a.To("b"));
        Assert.Equal([7, 7, 7, 7], b.Receive(next)!.Blocks[0].Values.Bytes.ToArray());
    }

    [Fact]
    public void InsideASiloVectorsAreHandedOver()
    {
        var a = Silo("a");
        using var memory = a.Begin();
        var contribution = Give("a/t0", memory, 7);

        Assert.Same(contribution, a.Send("a", contribution));
        Assert.Same(contribution, a.Receive(contribution));
        Assert.Equal("none", a.To("a"));
    }

    [Fact]
    public void SiloThatSharesNothingIsSentTheBytes()
    {
        var (a, b) = (Silo("a"), Silo("b", sharesMemory: false));
        using var memory = a.Begin();
        var contribution = Give("a/t0", memory, 7);

        a.Send("b", contribution);
        var sent = a.Send("b", contribution);

        Assert.False(sent.Blocks[0].Values.IsElsewhere);
        Assert.Equal(("calls", "calls"), (a.To("b"), b.To("a")));
    }

    [Fact]
    public void WhatCannotBeReadIsWantedItself()
    {
        var a = Silo("a");
        Silo("b");
        using var memory = a.Begin();
        a.Send("b", Give("a/t0", memory, 7));
        var sent = a.Send("b", Give("a/t0", memory, 7));
        var another = Silo("b"); // another process by that name, which was not told of the arena

        Assert.Null(another.Receive(sent));
    }

    [Fact]
    public void SiloThatDiedIsAskedAgainWhenItIsBack()
    {
        var a = Silo("a");
        Silo("b");
        using var memory = a.Begin();
        a.Send("b", Give("a/t0", memory, 7));
        Assert.Equal("memory", a.To("b"));

        a.SiloStatusChangeNotification(Addresses["b"], SiloStatus.Dead);
        Assert.Equal("calls", a.To("b"));
        var b = Silo("b");
        a.Send("b", Give("a/t0", memory, 7));

        Assert.NotNull(b.Receive(a.Send("b", Give("a/t0", memory, 7))));
    }

    [Fact]
    public void SiloThatIsNotThereYetIsAskedAgainASecondLater()
    {
        var a = Silo("a");
        using var memory = a.Begin();
        a.Send("b", Give("a/t0", memory, 7)); // nobody answers
        Silo("b");

        a.Send("b", Give("a/t0", memory, 7));
        var atOnce = a.To("b");
        _clock.Advance(TimeSpan.FromSeconds(1));
        a.Send("b", Give("a/t0", memory, 7));

        Assert.Equal(("calls", "memory"), (atOnce, a.To("b")));
    }

    [Fact]
    public void ResultStaysWhereItIsForWhoeverCanReadIt()
    {
        var (a, b) = (Silo("a"), Silo("b"));
        using var memory = b.Begin();
        using var lent = a.Begin();
        a.Send("b", Give("a/t0", lent, 7));
        var answer = new SegmentAnswer(SegmentOutcome.Averaged, 0, Chunk(memory, 5), default, "");

        var readable = b.Send(a.Send("b", Give("a/t0", lent, 7)), answer);
        var sent = b.Send(Give("c/t0", lent, 7), answer);

        Assert.True(readable.Averaged!.IsElsewhere);
        Assert.Equal([5, 5, 5, 5], a.Receive("b", readable).Averaged!.Bytes.ToArray());
        Assert.False(sent.Averaged!.IsElsewhere);
        Assert.NotEqual(0ul, sent.Checksum);
        Assert.Same(answer, b.Send(Give("b/t0", memory, 7), answer));
    }

    [Fact]
    public void ResultThatCannotBeReadIsAskedForAgainAndComesInTheCall()
    {
        var a = Silo("a");
        Silo("b");
        using var lent = a.Begin();
        a.Send("b", Give("a/t0", lent, 7));
        var nowhere = VectorChunk.At(new(3, 0, 1, 1 << 20, 4));

        var received = a.Receive("b", new(SegmentOutcome.Averaged, 0, nowhere, default, ""));

        Assert.Equal((SegmentOutcome.Again, null), (received.Outcome, received.Averaged));
        Assert.Equal(0ul, a.Send("b", Give("a/t0", lent, 7)).Maps);
    }

    [Fact]
    public void SilosAreListedOnceVectorsWereSentToThemWhetherMemoryIsSharedOrNot()
    {
        var (a, b) = (Silo("a"), Silo("b", sharesMemory: false));
        using var memory = a.Begin();
        Assert.Empty(a.Uses());

        a.Send("a", Give("a/t0", memory, 7));
        a.Send("b", Give("a/t0", memory, 7));
        b.Send("a", Give("b/t0", memory, 7));

        Assert.Equal([new("b", TransportNames.Calls)], a.Uses());
        Assert.Equal([new("a", TransportNames.Calls)], b.Uses());
    }

    /// <summary>A silo that has no segment of a run sends contributions, and is sent results alone.</summary>
    [Theory]
    [InlineData(true, TransportNames.Memory)]
    [InlineData(false, TransportNames.Calls)]
    public void SiloThatIsSentResultsAloneIsListedToo(bool sharesMemory, string transport)
    {
        var (a, b) = (Silo("a", sharesMemory), Silo("b"));
        using var lent = a.Begin();
        using var memory = b.Begin();
        var answer = new SegmentAnswer(SegmentOutcome.Averaged, 0, Chunk(memory, 5), default, "");
        a.Send("b", Give("a/t0", lent, 7));

        b.Send(a.Send("b", Give("a/t0", lent, 7)), answer with { Averaged = null });
        var before = b.Uses();
        b.Send(a.Send("b", Give("a/t0", lent, 7)), answer);

        Assert.Empty(before);
        Assert.Equal([new("a", transport)], b.Uses());
    }

    [Fact]
    public void SiloThatDiedIsListedAgainOnlyWhenVectorsGoToTheNextOneOfItsName()
    {
        var a = Silo("a");
        Silo("b");
        using var memory = a.Begin();
        a.Send("b", Give("a/t0", memory, 7));
        var before = a.Uses();

        a.SiloStatusChangeNotification(Addresses["b"], SiloStatus.Dead);
        var after = a.Uses();
        Silo("b");
        a.Send("b", Give("a/t0", memory, 7));

        Assert.Equal([new("b", TransportNames.Memory)], before);
        Assert.Empty(after);
        Assert.Equal([new("b", TransportNames.Memory)], a.Uses());
    }

    private VectorTransport Silo(string name, bool sharesMemory = true) =>
        _transports[name] = new(
            Stub.Of<IGrainFactory>(_ => Stub.Of<ISharedMemoryGrain>(Greet)),
            Stub.Of<ILocalSiloDetails>(_ => name),
            Stub.Of<ISiloStatusOracle>(NameOf),
            new(sharesMemory),
            _clock,
            NullLogger<VectorTransport>.Instance
        );

    // There are two silos: whoever asks, it is the other one that answers.
    private object Greet(object?[] arguments) =>
        Task.FromResult(
            _transports[(string)arguments[0]! == "a" ? "b" : "a"]
                .Greeted((string)arguments[0]!, (ArenaAddress)arguments[1]!)
        );

    private static object NameOf(object?[] arguments)
    {
        if (arguments is [bool])
            return Addresses.Values.ToDictionary(there => there, _ => SiloStatus.Active);
        if (arguments is not [SiloAddress address, _])
            return true; // a subscription
        arguments[1] = Addresses.Single(pair => pair.Value.Equals(address)).Key;
        return true;
    }

    private static Contribution Give(string trainer, ArenaScope memory, byte value) =>
        new()
        {
            Trainer = trainer,
            Round = 0,
            Phase = Phase.Main,
            StateHash = 1,
            Shape = new(0, 1, 1, sizeof(float), 0, 8),
            Blocks = [new(new(0, 1), Chunk(memory, value), default)],
        };

    private static VectorChunk Chunk(ArenaScope memory, byte value)
    {
        var bytes = memory.Take(4);
        bytes.Span.Fill(value);
        return VectorChunk.Borrow(bytes);
    }

    /// <summary>An object that answers every call in one way.</summary>
    public class Stub : DispatchProxy
    {
        private Func<object?[], object> _answer = _ => true;

        public static T Of<T>(Func<object?[], object> answer)
            where T : class
        {
            var made = Create<T, Stub>();
            ((Stub)(object)made)._answer = answer;
            return made;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(args ?? []);
    }
}
