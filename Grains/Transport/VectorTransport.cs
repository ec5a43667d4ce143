using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using Orleans.Runtime;

namespace MMOrleans.Grains.Transport;

/// <summary>How vectors get from this silo to every other: inside a silo as they are, between processes of one machine by where they lie, between machines over a connection of their own, otherwise in calls.</summary>
/// <remarks>
/// Control is in grain calls whatever the transport is: a call that names bytes may be lost, late or doubled as any other, and names that cannot
/// be read any more are answered with the wish for the bytes. Safe for any number of threads.
/// </remarks>
internal sealed partial class VectorTransport : ISiloStatusListener
{
    /// <summary>How long a call waits for the bytes that it names: its sender had sent the last of them before it called.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(1);

    /// <summary>How long a silo that did not answer is left alone: it may be starting, and until then all its vectors go in calls.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Neighbour> _neighbours = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ulong, (string Silo, ForeignArena Arena)> _arenas = new();
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ISiloStatusOracle _silos;
    private readonly string _silo;
    private readonly TransportSettings _settings;
    private readonly IConnectionSecurity _security;
    private readonly VectorListener _listener;
    private readonly Arena? _arena;

    public VectorTransport(
        IGrainFactory grains,
        ILocalSiloDetails silo,
        ISiloStatusOracle silos,
        TransportSettings settings,
        VectorListener listener,
        IConnectionSecurity security,
        TimeProvider clock,
        ILogger<VectorTransport> logger
    )
    {
        (_grains, _clock, _logger, _silo, _silos) = (grains, clock, logger, silo.Name, silos);
        (_settings, _listener, _security) = (settings, listener, security);
        silos.SubscribeToSiloStatusEvents(this);
        if (!settings.SharesMemory && !settings.HasConnections)
            return;
        try
        {
            _arena = Arena.Create(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        }
        catch (Exception refused)
            when (refused is IOException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            LogNoArena(refused, _silo);
        }
    }

    /// <summary>How vectors get to a silo, as one of <see cref="TransportNames"/>.</summary>
    public string To(string silo) =>
        silo == _silo ? TransportNames.None
        : _neighbours.GetValueOrDefault(silo) is not { } known ? TransportNames.Calls
        : known.Transport;

    /// <summary>Memory for the vectors of a trainer or a segment, until they are over.</summary>
    public ArenaScope Begin() => new(_arena);

    /// <summary>A contribution as it goes to a silo, once the bytes that go over a connection are under way.</summary>
    public async ValueTask<Contribution> SendAsync(string silo, Contribution contribution)
    {
        if (silo == _silo)
            return contribution;
        var found = Find(silo);
        Sent(silo, To(silo));
        if (found is not { } neighbour)
            return contribution;
        var blocks = ImmutableArray.CreateBuilder<Block>(contribution.Blocks.Length);
        foreach (var block in contribution.Blocks)
            blocks.Add(block with { Values = await neighbour.SendAsync(block.Values).ConfigureAwait(false) });
        return contribution with
        {
            Maps = neighbour.Arena?.Address.Arena ?? 0,
            Blocks = blocks.MoveToImmutable(),
            Settled = contribution.Settled is { } settled
                ? settled with
                {
                    Averaged = await neighbour.SendAsync(settled.Averaged).ConfigureAwait(false),
                }
                : null,
        };
    }

    /// <summary>A contribution as it came, once its bytes are here.</summary>
    /// <returns>Null when it names bytes that cannot be read here.</returns>
    public async ValueTask<Contribution?> ReceiveAsync(Contribution contribution)
    {
        if (contribution.Blocks.IsDefault)
            return contribution; // a forged one, which its segment refuses
        if (
            !contribution.Blocks.Any(block => block?.Values is { IsElsewhere: true })
            && contribution.Settled is not { Averaged.IsElsewhere: true }
        )
            return contribution;
        var blocks = ImmutableArray.CreateBuilder<Block>(contribution.Blocks.Length);
        foreach (var block in contribution.Blocks)
            blocks.Add(block with { Values = (await FindAsync(block.Values).ConfigureAwait(false))! });
        var settled = contribution.Settled is { } told
            ? told with
            {
                Averaged = (await FindAsync(told.Averaged).ConfigureAwait(false))!,
            }
            : null;
        return blocks.Any(block => block.Values is null) || settled is { Averaged: null }
            ? null
            : contribution with
            {
                Blocks = blocks.MoveToImmutable(),
                Settled = settled,
            };
    }

    /// <summary>A segment's answer as it goes to whoever contributed, once the bytes that go over a connection are under way.</summary>
    public async ValueTask<SegmentAnswer> SendAsync(Contribution contribution, SegmentAnswer answer)
    {
        var silo = PinnedKey.Silo(contribution.Trainer);
        if (answer.Averaged is not { } averaged || silo == _silo)
            return answer;
        if (contribution.Maps != 0 && contribution.Maps == _arena?.Address.Arena)
        {
            Sent(silo, TransportNames.Memory);
            return answer with { Averaged = ByReference(averaged) };
        }

        // The same checksum wherever the numbers go: their memory is used again some rounds later.
        var sent = answer.WithChecksum();
        var neighbour = Find(silo) is { Sender: not null } connected ? connected : null;
        Sent(silo, neighbour?.Transport ?? TransportNames.Calls);
        return neighbour is null
            ? sent
            : sent with
            {
                Averaged = await neighbour.SendAsync(averaged).ConfigureAwait(false),
            };
    }

    /// <summary>A segment's answer as it came from a silo, once its bytes are here; where they cannot be read, that the trainer is to ask again.</summary>
    public async ValueTask<SegmentAnswer> ReceiveAsync(string silo, SegmentAnswer answer)
    {
        if (answer.Averaged is not { IsElsewhere: true } averaged)
            return answer;
        if (await FindAsync(averaged).ConfigureAwait(false) is { } found)
            return answer with { Averaged = found };
        Forget(silo);
        return answer with { Outcome = SegmentOutcome.Again, Averaged = null };
    }

    /// <summary>A silo cannot read this one's memory any more: it is another process by now.</summary>
    public void Forget(string silo)
    {
        if (_neighbours.TryRemove(silo, out var neighbour))
            neighbour.Sender?.Dispose();
        _listener.Close(silo);
        foreach (var (name, known) in _arenas)
            if (known.Silo == silo)
                _arenas.TryRemove(name, out _); // unmapped once no segment holds a chunk of it
    }

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status != SiloStatus.Dead || !_silos.TryGetSiloName(updatedSilo, out var silo) || silo == _silo)
            return;
        _sent.TryRemove(silo, out _);
        Forget(silo);
    }

    /// <summary>Another silo of this machine has come, or says that it has.</summary>
    /// <returns>This silo's arena once the other's is mapped; null when it cannot be.</returns>
    public ArenaAddress? Greeted(string silo, ArenaAddress address)
    {
        if (!_settings.SharesMemory || _arena is null || ForeignArena.TryOpen(address) is not { } arena)
            return null;
        Map(silo, arena);
        return _arena.Address;
    }

    private static VectorChunk ByReference(VectorChunk chunk) =>
        chunk.Reference is { } reference ? VectorChunk.At(reference) : chunk;

    private async ValueTask<VectorChunk?> FindAsync(VectorChunk chunk)
    {
        if (chunk is not { IsElsewhere: true, Reference: { } reference })
            return chunk;
        if (_arenas.TryGetValue(reference.Arena, out var known))
            return known.Arena.Find(reference);
        if (_listener.Find(reference.Arena) is not { } inbox)
            return null;
        try
        {
            var found = await inbox
                .TakeAsync(reference.Version)
                .WaitAsync(Arrival, _clock)
                .ConfigureAwait(false);
            return found?.Length == reference.Length ? found : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>A silo's arena is read from now on, and one of a process that had its name before is not.</summary>
    private void Map(string silo, ForeignArena arena)
    {
        foreach (var (name, known) in _arenas)
            if (known.Silo == silo && name != arena.Address.Arena)
                _arenas.TryRemove(name, out _);
        _arenas[arena.Address.Arena] = (silo, arena);
    }

    /// <summary>A silo that vectors need no calls to; the first who asks tries it beside its call.</summary>
    private Neighbour? Find(string silo)
    {
        if (_arena is null)
            return null;
        var now = _clock.GetTimestamp();
        if (_neighbours.TryGetValue(silo, out var known))
        {
            if (known is { Arena: not null } or { Sender.IsBroken: false })
                return known;
            if ((known is { IsTried: true, Sender: null }) || _clock.GetElapsedTime(known.Since) < Pause)
                return null;
            if (!_neighbours.TryUpdate(silo, new(null, null, now), known))
                return null;
        }
        else if (!_neighbours.TryAdd(silo, new(null, null, now)))
            return null;
        _ = GreetAsync(silo, _arena.Address);
        return null;
    }

    private async Task GreetAsync(string silo, ArenaAddress own)
    {
        try
        {
            var arena = _settings.SharesMemory ? await MapAsync(silo, own).ConfigureAwait(false) : null;
            var sender =
                arena is null && _settings.HasConnections
                    ? await ConnectAsync(silo).ConfigureAwait(false)
                    : null;
            var found = new Neighbour(arena, sender, _clock.GetTimestamp(), IsTried: true);
            _neighbours[silo] = found;
            LogTransport(_silo, silo, found.Transport);
        }
#pragma warning disable CA1031 // Nobody waits for it: vectors go in calls, and it is tried again.
        catch (Exception unanswered)
#pragma warning restore CA1031
        {
            LogNotGreeted(unanswered, _silo, silo);
        }
    }

    private async Task<ForeignArena?> MapAsync(string silo, ArenaAddress own)
    {
        var theirs = await _grains
            .GetGrain<ISharedMemoryGrain>($"{silo}/memory")
            .GreetAsync(_silo, own)
            .ConfigureAwait(false);
        if (theirs is not { } address || ForeignArena.TryOpen(address) is not { } arena)
            return null;
        Map(silo, arena);
        return arena;
    }

    private async Task<VectorSender?> ConnectAsync(string silo)
    {
        var address = await _grains
            .GetGrain<IVectorConnectionGrain>($"{silo}/connections")
            .InviteAsync(_silo)
            .ConfigureAwait(false);
        return address is null
            ? null
            : await VectorSender.ConnectAsync(address, _security).ConfigureAwait(false);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Silo} has no memory that other processes can read; vectors go in calls"
    )]
    private partial void LogNoArena(Exception exception, string silo);

    [LoggerMessage(LogLevel.Information, "{Silo} exchanges vectors with {Other} by {Transport}")]
    private partial void LogTransport(string silo, string other, string transport);

    [LoggerMessage(
        LogLevel.Debug,
        "{Silo} could not agree with {Other} on memory or a connection; vectors go in calls"
    )]
    private partial void LogNotGreeted(Exception exception, string silo, string other);

    /// <summary>What is known of another silo.</summary>
    /// <param name="Arena">Its arena, where both read each other's.</param>
    /// <param name="Sender">The connection to it, where they do not.</param>
    /// <param name="Since">When it was tried.</param>
    /// <param name="IsTried">Whether it has answered.</param>
    private sealed record Neighbour(
        ForeignArena? Arena,
        VectorSender? Sender,
        long Since,
        bool IsTried = false
    )
    {
        public string Transport =>
            Arena is not null ? TransportNames.Memory
            : Sender is { IsBroken: false } ? TransportNames.Connection
            : TransportNames.Calls;

        /// <summary>A chunk as a call carries it: where it is, or, where it cannot go another way, itself.</summary>
        public async ValueTask<VectorChunk> SendAsync(VectorChunk chunk)
        {
            if (Arena is not null)
                return ByReference(chunk);
            return Sender is not null && await Sender.SendAsync(chunk).ConfigureAwait(false) is { } sent
                ? VectorChunk.At(sent)
                : chunk;
        }
    }
}
