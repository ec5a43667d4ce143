using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Placement;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>How a trainer gets a state that others have: it reads results along from a round on, copies a state no older than that, and applies what it has read.</summary>
/// <remarks>A part of <see cref="TrainerProtocol"/>: it keeps no orders, no position and no clock of its own.</remarks>
/// <param name="trainer">Whose.</param>
/// <param name="plan">The run's.</param>
/// <param name="limit">How long a stretch of a state may take to come before it is asked for again.</param>
internal sealed class CatchUp(string trainer, ExchangePlan plan, TimeSpan limit)
{
    private const int StretchBytes = 1 << 20;

    /// <summary>Results that are kept for a state of which nothing has come yet.</summary>
    private const int MostAhead = 32;

    private ReadAhead? _reading;
    private StateDownload? _copy;
    private DateTimeOffset _copyAt;

    /// <summary>Whether a state is still wanted. What was read along may be left to apply afterwards.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>First round whose result will be had from every segment; null when none is read.</summary>
    public long? ReadsFrom => _reading?.From;

    /// <summary>Results that were read along and are kept.</summary>
    public int ResultsAhead => _reading?.Results ?? 0;

    /// <summary>Begins, or begins anew.</summary>
    public void Begin()
    {
        IsUnderWay = true;
        _copy = null;
        _reading = new(plan);
    }

    /// <summary>The state held is as good as any.</summary>
    public void GiveUp()
    {
        IsUnderWay = false;
        _copy = null;
        _reading = null;
    }

    /// <summary>The next question for a result.</summary>
    /// <param name="lease">Says where segments are.</param>
    /// <param name="newest">The furthest round of the run, where reading begins.</param>
    /// <param name="now">Time.</param>
    public AskSegment? NextRead(Lease lease, long newest, DateTimeOffset now)
    {
        var reading = _reading!;
        if (reading.From < 0)
            reading.Begin(newest);
        if (reading.Results >= MostAhead && _copy is null or { Received: 0 })
        {
            // The state's holder does not answer. Results are as large as the network, so reading begins again with the newest round.
            reading.Begin(reading.Segments.Max(segment => segment.Next));
            _copy = null;
        }

        for (var i = 0; i < reading.Segments.Length; i++)
        {
            var segment = reading.Segments[i];
            if (segment.Key != lease.Segments[i])
                (segment.Key, segment.Asked, segment.RetryAt, segment.SilentSince) = (
                    lease.Segments[i],
                    false,
                    default,
                    null
                );
            if (segment.Next >= plan.End)
                reading.Register(i); // no more results to come
            if (segment.Asked || now < segment.RetryAt || segment.Next >= plan.End)
                continue;
            segment.Asked = true;
            return Ask(segment, i, now);
        }

        return null;
    }

    /// <summary>The next stretch of a state to ask for; null while one is under way, or nothing can be had.</summary>
    /// <remarks>
    /// A stretch that does not come is asked for again, of the same trainer: its device may be busy with a slot, and answers all who ask
    /// after that. Another trainer is asked where that one's segments are silent, too.
    /// </remarks>
    /// <param name="source">Who has a state; null for nobody.</param>
    /// <param name="now">Time.</param>
    public CopyState? NextStretch(string? source, DateTimeOffset now)
    {
        if (now < _copyAt || _reading is not { IsRegistered: true })
            return null;
        if (_copy is { Asked: not null } waiting)
        {
            if (now - waiting.AskedAt <= limit)
                return null;
            if (source is not null && source != waiting.From && IsSilent(waiting.From))
                _copy = null;
        }

        if (_copy is null && source is not null)
            _copy = new(source);
        if (_copy is null)
            return null;
        var ask = new CopyState(_copy.From, _copy.Round, _copy.Received, StretchBytes);
        (_copy.Asked, _copy.AskedAt) = (ask, now);
        return ask;
    }

    /// <summary>The whole copied state; null while stretches are missing.</summary>
    public (TrainerState State, byte[] Bytes)? Whole =>
        _copy is { IsWhole: true } whole ? (whole.State!, whole.Bytes) : null;

    /// <summary>A stretch came, of whichever time that it was asked for.</summary>
    /// <returns>Whether it was awaited.</returns>
    public bool Copied(CopyState asked, StateAnswer answer, DateTimeOffset now)
    {
        if (_copy is not { } copy || copy.Asked != asked)
        {
            answer.Bytes?.Dispose(); // of a copy that was given up, or come before
            return false;
        }

        copy.Asked = null;
        // It has none, or an older one than the results that can be read, or has another one by now: from the start.
        if (answer.Bytes is null || answer.Round < _reading!.From || !copy.Take(answer))
            CopyLater(now);
        answer.Bytes?.Dispose();
        return true;
    }

    /// <summary>The other trainer did not answer.</summary>
    public void NotCopied(CopyState asked, DateTimeOffset now)
    {
        if (_copy?.Asked == asked)
            CopyLater(now);
    }

    /// <summary>The copied state was loaded.</summary>
    /// <returns>Whether it is the one that was promised; otherwise it was damaged on the way, and is copied once more.</returns>
    public bool Loaded(UInt128 hash, DateTimeOffset now)
    {
        var isSound = hash == _copy!.State!.Hash;
        _copy = null;
        if (isSound)
            IsUnderWay = false;
        else
            _copyAt = now + TrainerProtocol.Pause;
        return isSound;
    }

    /// <summary>The result of a round as it was read along; null, and nothing is read any more, when the next one has to be exchanged.</summary>
    public (byte[] Averaged, EpochSums Total)? Replay(long round)
    {
        if (_reading?.Find(round) is { } read)
            return read;
        _reading = null;
        return null;
    }

    /// <summary>Where a segment's result belongs; empty when it is not wanted.</summary>
    public Span<byte> Room(SegmentCall call, long round) =>
        _reading is { } reading ? reading.Room(call.Segment, round) : [];

    /// <summary>A segment answered; its result is in its <see cref="Room"/>.</summary>
    /// <param name="call">As asked.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="isLate">Whether the call had been given up: another one is under way, and only a result is news.</param>
    /// <param name="isWorking">Whether the state is being worked on: what is read stays then.</param>
    /// <param name="now">Time.</param>
    public void Answered(
        SegmentCall call,
        SegmentAnswer answer,
        bool isLate,
        bool isWorking,
        DateTimeOffset now
    )
    {
        if (_reading is not { } reading)
            return;
        var segment = reading.Segments[call.Segment];
        if (segment.Key == call.Key)
            (segment.Asked, segment.SilentSince) = (segment.Asked && isLate, null);
        if (isLate && answer.Outcome != SegmentOutcome.Averaged)
            return;
        switch (answer.Outcome)
        {
            case SegmentOutcome.Averaged:
                reading.Add(call.Segment, answer.Round, answer.Total);
                break;
            case SegmentOutcome.Again when call.Exchange.Number == segment.Next:
                reading.Register(call.Segment);
                break;
            case SegmentOutcome.Behind when call.Exchange.Number >= reading.From && IsUnderWay && !isWorking:
                reading.Begin(Math.Max(answer.Newest, call.Exchange.Number + 1));
                _copy = null;
                break;
            case SegmentOutcome.Moved:
                segment.RetryAt = now + TrainerProtocol.Pause;
                break;
        }
    }

    /// <summary>A call failed.</summary>
    /// <param name="call">As asked.</param>
    /// <param name="since">Since when its segment has been silent.</param>
    /// <param name="now">Time.</param>
    public void Unanswered(SegmentCall call, DateTimeOffset since, DateTimeOffset now)
    {
        if (_reading?.Segments[call.Segment] is not { } reading || reading.Key != call.Key)
            return;
        (reading.Asked, reading.RetryAt) = (false, now + TrainerProtocol.Pause);
        reading.SilentSince ??= since;
    }

    /// <summary>What is being read of each segment.</summary>
    public IReadOnlyList<ReadAhead.Reading> Segments => _reading?.Segments ?? [];

    private bool IsSilent(string other) =>
        Segments.Any(s => s.SilentSince is not null && PinnedKey.Silo(s.Key) == PinnedKey.Silo(other));

    private void CopyLater(DateTimeOffset now) => (_copy, _copyAt) = (null, now + TrainerProtocol.Pause);

    private AskSegment Ask(ReadAhead.Reading segment, int index, DateTimeOffset now) =>
        new(
            new(segment.Key, index, new(ExchangeKind.Round, segment.Next), true, false, [], now),
            new()
            {
                Trainer = trainer,
                Round = segment.Next,
                Phase = plan.PhaseOf(new(ExchangeKind.Round, segment.Next)),
                StateHash = 0,
                Shape = plan.Segments[index].Shape,
                Blocks = [],
                Reads = true,
            }
        );
}
