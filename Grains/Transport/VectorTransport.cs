using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using Orleans.Runtime;

namespace MMOrleans.Grains.Transport;

/// <summary>How vectors get from this silo to every other: inside a silo as they are, between processes of one machine by where they lie, otherwise in calls.</summary>
/// <remarks>
/// Control is in grain calls whatever the transport is: a call that names bytes may be lost, late or doubled as any other, and names that cannot
/// be read any more are answered with the wish for the bytes. Safe for any number of threads.
/// </remarks>
internal sealed partial class VectorTransport : ISiloStatusListener
{
    /// <summary>How long a silo that did not answer is left alone: it may be starting, and until then all its vectors go in calls.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Neighbour> _neighbours = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ulong, (string Silo, ForeignArena Arena)> _arenas = new();
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ISiloStatusOracle _silos;
    private readonly string _silo;
    private readonly Arena? _arena;

    public VectorTransport(
        IGrainFactory grains,
        ILocalSiloDetails silo,
        ISiloStatusOracle silos,
        TransportSettings settings,
        TimeProvider clock,
        ILogger<VectorTransport> logger
    )
    {
        (_grains, _clock, _logger, _silo, _silos) = (grains, clock, logger, silo.Name, silos);
        silos.SubscribeToSiloStatusEvents(this);
        if (!settings.SharesMemory)
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
        : _neighbours.TryGetValue(silo, out var known) && known.Arena is not null ? TransportNames.Memory
        : TransportNames.Calls;

    /// <summary>Memory for the vectors of a trainer or a segment, until they are over.</summary>
    public ArenaScope Begin() => new(_arena);

    /// <summary>A contribution as it goes to a silo.</summary>
    public Contribution Send(string silo, Contribution contribution)
    {
        if (silo == _silo)
            return contribution;
        var found = Find(silo);
        Sent(silo, To(silo));
        if (found is not { } arena)
            return contribution;
        return contribution with
        {
            Maps = arena.Address.Arena,
            Blocks =
            [
                .. contribution.Blocks.Select(block => block with { Values = ByReference(block.Values) }),
            ],
            Settled = contribution.Settled is { } settled
                ? settled with
                {
                    Averaged = ByReference(settled.Averaged),
                }
                : null,
        };
    }

    /// <summary>A contribution as it came.</summary>
    /// <returns>Null when it names bytes that cannot be read here.</returns>
    public Contribution? Receive(Contribution contribution)
    {
        if (contribution.Blocks.IsDefault)
            return contribution; // a forged one, which its segment refuses
        if (
            !contribution.Blocks.Any(block => block?.Values is { IsElsewhere: true })
            && contribution.Settled is not { Averaged.IsElsewhere: true }
        )
            return contribution;
        var blocks = contribution
            .Blocks.Select(block => block with { Values = Resolve(block.Values)! })
            .ToImmutableArray();
        var settled = contribution.Settled is { } told
            ? told with
            {
                Averaged = Resolve(told.Averaged)!,
            }
            : null;
        return blocks.Any(block => block.Values is null) || settled is { Averaged: null }
            ? null
            : contribution with
            {
                Blocks = blocks,
                Settled = settled,
            };
    }

    /// <summary>A segment's answer as it goes to whoever contributed.</summary>
    public SegmentAnswer Send(Contribution contribution, SegmentAnswer answer)
    {
        if (
            answer.Averaged is not { } averaged
            || PinnedKey.Silo(contribution.Trainer) is var silo && silo == _silo
        )
            return answer;
        var isReadHere = contribution.Maps != 0 && contribution.Maps == _arena?.Address.Arena;
        Sent(silo, isReadHere ? TransportNames.Memory : TransportNames.Calls);
        return isReadHere ? answer with { Averaged = ByReference(averaged) } : answer.WithChecksum();
    }

    /// <summary>A segment's answer as it came from a silo; where its bytes cannot be read, that the trainer is to ask again.</summary>
    public SegmentAnswer Receive(string silo, SegmentAnswer answer)
    {
        if (answer.Averaged is not { IsElsewhere: true } averaged)
            return answer;
        if (Resolve(averaged) is { } found)
            return answer with { Averaged = found };
        Forget(silo);
        return answer with { Outcome = SegmentOutcome.Again, Averaged = null };
    }

    /// <summary>A silo cannot read this one's memory any more: it is another process by now.</summary>
    public void Forget(string silo)
    {
        _neighbours.TryRemove(silo, out _);
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
        if (_arena is null || ForeignArena.TryOpen(address) is not { } arena)
            return null;
        Map(silo, arena);
        return _arena.Address;
    }

    private static VectorChunk ByReference(VectorChunk chunk) =>
        chunk.Reference is { } reference ? VectorChunk.At(reference) : chunk;

    private VectorChunk? Resolve(VectorChunk chunk) =>
        chunk is not { IsElsewhere: true, Reference: { } reference } ? chunk
        : _arenas.TryGetValue(reference.Arena, out var known) ? known.Arena.Find(reference)
        : null;

    /// <summary>A silo's arena is read from now on, and one of a process that had its name before is not.</summary>
    private void Map(string silo, ForeignArena arena)
    {
        foreach (var (name, known) in _arenas)
            if (known.Silo == silo && name != arena.Address.Arena)
                _arenas.TryRemove(name, out _);
        _arenas[arena.Address.Arena] = (silo, arena);
    }

    /// <summary>The arena of a silo that reads this one's; the first who asks tries it beside its call.</summary>
    private ForeignArena? Find(string silo)
    {
        if (_arena is null)
            return null;
        if (_neighbours.TryGetValue(silo, out var known))
        {
            if (known.Arena is not null || known.IsTried || _clock.GetElapsedTime(known.Since) < Pause)
                return known.Arena;
            if (!_neighbours.TryUpdate(silo, new(null, _clock.GetTimestamp()), known))
                return null;
        }
        else if (!_neighbours.TryAdd(silo, new(null, _clock.GetTimestamp())))
            return null;
        _ = GreetAsync(silo, _arena.Address);
        return null;
    }

    private async Task GreetAsync(string silo, ArenaAddress own)
    {
        try
        {
            var theirs = await _grains.GetGrain<ISharedMemoryGrain>($"{silo}/memory").GreetAsync(_silo, own);
            var arena = theirs is { } address ? ForeignArena.TryOpen(address) : null;
            if (arena is not null)
                Map(silo, arena);
            _neighbours[silo] = new(arena, _clock.GetTimestamp(), IsTried: true);
            LogTransport(_silo, silo, To(silo));
        }
#pragma warning disable CA1031 // Nobody waits for it: vectors go in calls, and it is tried again.
        catch (Exception unanswered)
#pragma warning restore CA1031
        {
            LogNotGreeted(unanswered, _silo, silo);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Silo} has no memory that other processes can read; vectors go in calls"
    )]
    private partial void LogNoArena(Exception exception, string silo);

    [LoggerMessage(LogLevel.Information, "{Silo} exchanges vectors with {Other} by {Transport}")]
    private partial void LogTransport(string silo, string other, string transport);

    [LoggerMessage(LogLevel.Debug, "{Silo} could not ask {Other} for its memory; vectors go in calls")]
    private partial void LogNotGreeted(Exception exception, string silo, string other);

    /// <summary>What is known of another silo.</summary>
    /// <param name="Arena">Its arena, where both read each other's.</param>
    /// <param name="Since">When it was tried.</param>
    /// <param name="IsTried">Whether it has answered.</param>
    private sealed record Neighbour(ForeignArena? Arena, long Since, bool IsTried = false);
}
