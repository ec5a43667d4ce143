using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
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
public sealed class VectorTransportTests : IDisposable
{
    private static readonly Dictionary<string, SiloAddress> Addresses = new()
    {
        ["a"] = SiloAddress.New(new(IPAddress.Loopback, 1), 1),
        ["b"] = SiloAddress.New(new(IPAddress.Loopback, 2), 1),
    };

    private readonly Dictionary<string, VectorTransport> _transports = [];
    private readonly Dictionary<string, VectorListener> _listeners = [];
    private readonly FakeTimeProvider _clock = new();

    public VectorTransportTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is shared between processes on Linux only.");

    public void Dispose()
    {
        foreach (var listener in _listeners.Values)
            listener.Dispose();
    }

    [Fact]
    public async Task FirstVectorGoesInTheCallAndThoseThatFollowStayWhereTheyAre()
    {
        var (a, b) = (Silo("a"), Silo("b"));
        using var memory = a.Begin();
        var contribution = Give("a/t0", memory, 7);

        var first = await a.SendAsync("b", contribution);
        var next = await a.SendAsync("b", contribution);

        Assert.False(first.Blocks[0].Values.IsElsewhere);
        Assert.True(next.Blocks[0].Values.IsElsewhere);
        Assert.Equal("memory", a.To("b"));
        Assert.Equal([7, 7, 7, 7], (await b.ReceiveAsync(next))!.Blocks[0].Values.Bytes.ToArray());
    }

    [Fact]
    public async Task InsideASiloVectorsAreHandedOver()
    {
        var a = Silo("a");
        using var memory = a.Begin();
        var contribution = Give("a/t0", memory, 7);

        Assert.Same(contribution, await a.SendAsync("a", contribution));
        Assert.Same(contribution, await a.ReceiveAsync(contribution));
        Assert.Equal("none", a.To("a"));
    }

    [Fact]
    public async Task SiloThatSharesNothingIsSentTheBytes()
    {
        var (a, b) = (Silo("a"), Silo("b", sharesMemory: false));
        using var memory = a.Begin();
        var contribution = Give("a/t0", memory, 7);

        await a.SendAsync("b", contribution);
        var sent = await a.SendAsync("b", contribution);

        Assert.False(sent.Blocks[0].Values.IsElsewhere);
        Assert.Equal(("calls", "calls"), (a.To("b"), b.To("a")));
    }

    [Fact]
    public async Task WhatCannotBeReadIsWantedItself()
    {
        var a = Silo("a");
        Silo("b");
        using var memory = a.Begin();
        await a.SendAsync("b", Give("a/t0", memory, 7));
        var sent = await a.SendAsync("b", Give("a/t0", memory, 7));
        var another = Silo("b"); // another process by that name, which was not told of the arena

        Assert.Null(await another.ReceiveAsync(sent));
    }

    [Fact]
    public async Task SiloThatDiedIsAskedAgainWhenItIsBack()
    {
        var a = Silo("a");
        Silo("b");
        using var memory = a.Begin();
        await a.SendAsync("b", Give("a/t0", memory, 7));
        Assert.Equal("memory", a.To("b"));

        a.SiloStatusChangeNotification(Addresses["b"], SiloStatus.Dead);
        Assert.Equal("calls", a.To("b"));
        var b = Silo("b");
        await a.SendAsync("b", Give("a/t0", memory, 7));

        Assert.NotNull(await b.ReceiveAsync(await a.SendAsync("b", Give("a/t0", memory, 7))));
    }

    [Fact]
    public async Task SiloThatIsNotThereYetIsAskedAgainASecondLater()
    {
        var a = Silo("a");
        using var memory = a.Begin();
        await a.SendAsync("b", Give("a/t0", memory, 7)); // nobody answers
        Silo("b");

        await a.SendAsync("b", Give("a/t0", memory, 7));
        var atOnce = a.To("b");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await a.SendAsync("b", Give("a/t0", memory, 7));

        Assert.Equal(("calls", "memory"), (atOnce, a.To("b")));
    }

    [Fact]
    public async Task ResultStaysWhereItIsForWhoeverCanReadIt()
    {
        var (a, b) = (Silo("a"), Silo("b"));
        using var memory = b.Begin();
        using var lent = a.Begin();
        await a.SendAsync("b", Give("a/t0", lent, 7));
        var answer = new SegmentAnswer(SegmentOutcome.Averaged, 0, Chunk(memory, 5), default, "");

        var readable = await b.SendAsync(await a.SendAsync("b", Give("a/t0", lent, 7)), answer);
        var sent = await b.SendAsync(Give("c/t0", lent, 7), answer);

        Assert.True(readable.Averaged!.IsElsewhere);
        Assert.Equal([5, 5, 5, 5], (await a.ReceiveAsync("b", readable)).Averaged!.Bytes.ToArray());
        Assert.False(sent.Averaged!.IsElsewhere);
        Assert.NotEqual(0ul, sent.Checksum);
        Assert.Same(answer, await b.SendAsync(Give("b/t0", memory, 7), answer));
    }

    [Fact]
    public async Task ResultThatCannotBeReadIsAskedForAgainAndComesInTheCall()
    {
        var a = Silo("a");
        Silo("b");
        using var lent = a.Begin();
        await a.SendAsync("b", Give("a/t0", lent, 7));
        var nowhere = VectorChunk.At(new(3, 0, 1, 1 << 20, 4));

        var received = await a.ReceiveAsync("b", new(SegmentOutcome.Averaged, 0, nowhere, default, ""));

        Assert.Equal((SegmentOutcome.Again, null), (received.Outcome, received.Averaged));
        Assert.Equal(0ul, (await a.SendAsync("b", Give("a/t0", lent, 7))).Maps);
    }

    [Fact]
    public async Task SilosAreListedOnceVectorsWereSentToThemWhetherMemoryIsSharedOrNot()
    {
        var (a, b) = (Silo("a"), Silo("b", sharesMemory: false));
        using var memory = a.Begin();
        Assert.Empty(a.Uses());

        await a.SendAsync("a", Give("a/t0", memory, 7));
        await a.SendAsync("b", Give("a/t0", memory, 7));
        await b.SendAsync("a", Give("b/t0", memory, 7));

        Assert.Equal([new("b", TransportNames.Calls)], a.Uses());
        Assert.Equal([new("a", TransportNames.Calls)], b.Uses());
    }

    /// <summary>A silo that has no segment of a run sends contributions, and is sent results alone.</summary>
    [Theory]
    [InlineData(true, TransportNames.Memory)]
    [InlineData(false, TransportNames.Calls)]
    public async Task SiloThatIsSentResultsAloneIsListedToo(bool sharesMemory, string transport)
    {
        var (a, b) = (Silo("a", sharesMemory), Silo("b"));
        using var lent = a.Begin();
        using var memory = b.Begin();
        var answer = new SegmentAnswer(SegmentOutcome.Averaged, 0, Chunk(memory, 5), default, "");
        await a.SendAsync("b", Give("a/t0", lent, 7));

        await b.SendAsync(await a.SendAsync("b", Give("a/t0", lent, 7)), answer with { Averaged = null });
        var before = b.Uses();
        await b.SendAsync(await a.SendAsync("b", Give("a/t0", lent, 7)), answer);

        Assert.Empty(before);
        Assert.Equal([new("a", transport)], b.Uses());
    }

    [Fact]
    public async Task SiloThatDiedIsListedAgainOnlyWhenVectorsGoToTheNextOneOfItsName()
    {
        var a = Silo("a");
        Silo("b");
        using var memory = a.Begin();
        await a.SendAsync("b", Give("a/t0", memory, 7));
        var before = a.Uses();

        a.SiloStatusChangeNotification(Addresses["b"], SiloStatus.Dead);
        var after = a.Uses();
        Silo("b");
        await a.SendAsync("b", Give("a/t0", memory, 7));

        Assert.Equal([new("b", TransportNames.Memory)], before);
        Assert.Empty(after);
        Assert.Equal([new("b", TransportNames.Memory)], a.Uses());
    }

    [Fact]
    public async Task BetweenMachinesVectorsGoOverAConnectionBesideTheCall()
    {
        var (a, b) = await ConnectedAsync();
        using var memory = a.Begin();

        var sent = await a.SendAsync("b", Give("a/t0", memory, 7));
        var received = await b.ReceiveAsync(sent);

        Assert.True(sent.Blocks[0].Values.IsElsewhere);
        Assert.Equal([7, 7, 7, 7], received!.Blocks[0].Values.Bytes.ToArray());
        Assert.Null(await b.ReceiveAsync(sent)); // a doubled call: its bytes were taken by the first
    }

    [Fact]
    public async Task ResultGoesOverAConnectionWithItsChecksum()
    {
        var (a, b) = await ConnectedAsync();
        using var memory = b.Begin();
        using var lent = a.Begin();
        var answer = new SegmentAnswer(SegmentOutcome.Averaged, 0, Chunk(memory, 5), default, "");
        var contribution = Give("a/t0", lent, 7);
        await ReachedAsync(b, "a", async () => await b.SendAsync(contribution, answer));

        var sent = await b.SendAsync(contribution, answer);
        var received = await a.ReceiveAsync("b", sent);

        Assert.True(sent.Averaged!.IsElsewhere);
        var room = new byte[4];
        Assert.True(received.TryCopyTo(room));
        Assert.Equal([5, 5, 5, 5], room);
    }

    [Fact]
    public async Task VectorThatWasWrittenAnewWhileItWasSentIsNotThere()
    {
        var (a, b) = await ConnectedAsync();
        using var memory = a.Begin();
        var bytes = memory.Take(4);
        var stale = VectorChunk.Borrow(bytes);
        Assert.True(MemoryMarshal.TryGetMemoryManager<byte, VersionedMemory>(bytes, out var region));
        region.Renew();

        var sent = await a.SendAsync(
            "b",
            Give("a/t0", memory, 7) with
            {
                Blocks = [new(new(0, 1), stale, default)],
            }
        );

        Assert.Same(stale, sent.Blocks[0].Values); // and no message is made of it either
        Assert.NotNull(await b.ReceiveAsync(await a.SendAsync("b", Give("a/t0", memory, 8))));
    }

    [Fact]
    public async Task ConnectionThatBreaksIsReplacedAndTheBytesGoInCallsMeanwhile()
    {
        var (a, b) = await ConnectedAsync();
        using var memory = a.Begin();
        var lost = await a.SendAsync("b", Give("a/t0", memory, 7));
        _listeners["b"].Close("a");

        Assert.Null(await b.ReceiveAsync(lost));
        await ReachedAsync(a, "b", async () => await a.SendAsync("b", Give("a/t0", memory, 7)), "calls");
        Assert.False((await a.SendAsync("b", Give("a/t0", memory, 7))).Blocks[0].Values.IsElsewhere);

        await ReachedAsync(a, "b", async () => await a.SendAsync("b", Give("a/t0", memory, 7)));
        Assert.NotNull(await b.ReceiveAsync(await a.SendAsync("b", Give("a/t0", memory, 9))));
    }

    [Fact]
    public async Task HalfAFrameOfASenderThatDiedIsNotThere()
    {
        Silo("b", sharesMemory: false, hasConnections: true);
        var address = _listeners["b"].Invite("a")!;
        var inbox = _listeners["b"].Find(address.Connection)!;
        var said = new byte[VectorFrame.KeyLength + VectorFrame.HeadLength + 3];
        BinaryPrimitives.WriteUInt128LittleEndian(said, address.Key);
        VectorFrame.WriteHead(said.AsSpan(VectorFrame.KeyLength), number: 1, length: 4);
        using (var dying = new TcpClient())
        {
            await dying.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            await dying.GetStream().WriteAsync(said, TestContext.Current.CancellationToken);
        }

        Assert.Null(await inbox.TakeAsync(1));
        Assert.Null(_listeners["b"].Find(address.Connection));
    }

    [Fact]
    public async Task StrangerIsCutOff()
    {
        Silo("b", sharesMemory: false, hasConnections: true);
        var address = _listeners["b"].Invite("a")!;
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);

        await stranger.GetStream().WriteAsync(new byte[16], TestContext.Current.CancellationToken);

        Assert.Equal(
            0,
            await stranger.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken)
        );
        using var invited = await VectorSender.ConnectAsync(address, new PlainConnections());
        Assert.NotNull(await invited.SendAsync(VectorChunk.Borrow(new byte[4])));
    }

    private async Task<(VectorTransport A, VectorTransport B)> ConnectedAsync()
    {
        var (a, b) = (
            Silo("a", sharesMemory: false, hasConnections: true),
            Silo("b", sharesMemory: false, hasConnections: true)
        );
        using var memory = a.Begin();
        await ReachedAsync(a, "b", async () => await a.SendAsync("b", Give("a/t0", memory, 1)));
        return (a, b);
    }

    /// <summary>Sends until vectors go the way that is meant.</summary>
    private async Task ReachedAsync(
        VectorTransport from,
        string to,
        Func<Task> send,
        string transport = "connection"
    )
    {
        while (from.To(to) != transport)
        {
            await send();
            await Task.Delay(5, TestContext.Current.CancellationToken);
            if (transport == "connection")
                _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private VectorTransport Silo(string name, bool sharesMemory = true, bool hasConnections = false)
    {
        var settings = new TransportSettings(
            sharesMemory,
            hasConnections,
            IPAddress.Loopback,
            new(IPAddress.Loopback, 0)
        );
        var listener = new VectorListener(
            settings,
            new PlainConnections(),
            _clock,
            NullLogger<VectorListener>.Instance
        );
        _listeners[name] = listener;
        return _transports[name] = new(
            Stub.Of<IGrainFactory>(asked =>
                ((string)asked[0]!).EndsWith("/memory", StringComparison.Ordinal)
                    ? Stub.Of<ISharedMemoryGrain>(Greet)
                    : Stub.Of<IVectorConnectionGrain>(Invite)
            ),
            Stub.Of<ILocalSiloDetails>(_ => name),
            Stub.Of<ISiloStatusOracle>(NameOf),
            settings,
            listener,
            new PlainConnections(),
            _clock,
            NullLogger<VectorTransport>.Instance
        );
    }

    // There are two silos: whoever asks, it is the other one that answers.
    private object Greet(object?[] arguments) =>
        Task.FromResult(
            _transports[(string)arguments[0]! == "a" ? "b" : "a"]
                .Greeted((string)arguments[0]!, (ArenaAddress)arguments[1]!)
        );

    private object Invite(object?[] arguments) =>
        Task.FromResult(_listeners[(string)arguments[0]! == "a" ? "b" : "a"].Invite((string)arguments[0]!));

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
