using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Folders;

/// <summary>The right of this process to write into a run's folder, from when it is taken until it is disposed of.</summary>
public sealed class WriterHold : IDisposable
{
    /// <summary>Code of the refusal: another process writes into the folder.</summary>
    public const string Code = "MM3006";

    // A reader holds the lock for an instant; no reader may keep a writer out.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Five heartbeats: a machine that is busy may be late with some.
    private static readonly TimeSpan WatchFor = 5 * WriterIdentity.BeatEvery;
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(500);

    private readonly RunFolder _folder;
    private readonly Lock _gate = new();
    private readonly ITimer _beats;
    private readonly bool _locks;
    private FileStream? _lock;
    private readonly string? _before; // whose name was in the file when this process took the right: nobody's claim any more
    private WriterIdentity _identity;
    private bool _isOver;
    private bool _isSuperseded;

    private WriterHold(
        RunFolder folder,
        FileStream? taken,
        WriterIdentity identity,
        string? before,
        TimeProvider clock
    )
    {
        _before = before;
        // Some file systems grant every lock request. Such a lock excludes no one, so other processes must watch the heartbeat instead.
        _locks = taken is null || WriterLock.IsTaken(folder);
        (_folder, _lock, _identity) = (
            folder,
            taken,
            identity with
            {
                HasLock = taken is not null && _locks,
            }
        );
        TryWrite();
        _beats = clock.CreateTimer(_ => Beat(), null, WriterIdentity.BeatEvery, WriterIdentity.BeatEvery);
    }

    /// <summary>Whether the lock is held; false while a frozen silo of the same cluster has it.</summary>
    public bool HasLock
    {
        get
        {
            lock (_gate)
                return _lock is not null;
        }
    }

    /// <summary>
    /// Whether another silo of the cluster has gone on with the run since: this process stood still, and what it still has to write is out of
    /// date.
    /// </summary>
    public bool IsSuperseded()
    {
        lock (_gate)
            return _isSuperseded |=
                WriterIdentity.Read(_folder.Writer)?.Instance is { } there
                && there != _identity.Instance
                && there != _before;
    }

    /// <summary>Takes the right to write.</summary>
    /// <param name="folder">The run's; it exists.</param>
    /// <param name="mine">Who asks.</param>
    /// <param name="clock">For waiting.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FaultException">MM3006: another process writes there, named. MM5003: the disk refuses.</exception>
    public static async Task<WriterHold> TakeAsync(
        RunFolder folder,
        WriterIdentity mine,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var began = clock.GetTimestamp();
        var taken = TryTake(folder);
        while (taken is null && clock.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(Pause, clock, cancellationToken);
            taken = TryTake(folder);
        }

        try
        {
            var there = WriterIdentity.Read(folder.Writer);
            var claim = WriterClaims.Decide(taken is null, there, mine);
            if (
                claim == WriterClaim.Refuse
                || (
                    claim == WriterClaim.Watch && await ChangesAsync(folder, there!, clock, cancellationToken)
                )
            )
                throw Refusal(folder, there, mine);
            return new(folder, taken, mine, there?.Instance, clock);
        }
        catch
        {
            taken?.Dispose();
            throw;
        }
    }

    /// <summary>Whether some process writes into a run's folder.</summary>
    public static bool IsLive(RunFolder folder, TimeProvider clock)
    {
        var isTaken = WriterLock.IsTaken(folder);
        var there = isTaken ? null : WriterIdentity.Read(folder.Writer);
        return WriterClaims.IsLive(
            isTaken,
            there,
            WriterIdentity.OfThisProcess(clock.GetUtcNow()),
            there is null ? null : clock.GetUtcNow() - File.GetLastWriteTimeUtc(folder.Writer)
        );
    }

    /// <summary>The writer that has to be watched before this process may write there; null for none.</summary>
    public static string? WatchedFirst(RunFolder folder, TimeProvider clock)
    {
        var mine = WriterIdentity.OfThisProcess(clock.GetUtcNow());
        return
            !WriterLock.IsTaken(folder)
            && WriterIdentity.Read(folder.Writer) is { } there
            && WriterClaims.Decide(isLocked: false, there, mine) == WriterClaim.Watch
            ? there.Words(mine)
            : null;
    }

    /// <summary>MM3006, with the name of the process that writes there.</summary>
    public static FaultException Refusal(RunFolder folder, TimeProvider clock) =>
        Refusal(folder, WriterIdentity.Read(folder.Writer), WriterIdentity.OfThisProcess(clock.GetUtcNow()));

    /// <inheritdoc/>
    public void Dispose()
    {
        _beats.Dispose();
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            // Another silo may have gone on meanwhile; then the file is its.
            if (WriterIdentity.Read(_folder.Writer)?.Instance == _identity.Instance)
                TryDelete(_folder.Writer);
            _lock?.Dispose();
            _lock = null;
        }
    }

    private static FileStream? TryTake(RunFolder folder)
    {
        if (WriterLock.TryTake(folder) is not { } taken)
            return null;
        if (!WriterLock.IsWrittenWithout(folder))
            return taken;
        taken.Dispose();
        return null;
    }

    private void Beat()
    {
        lock (_gate)
        {
            if (_isOver || IsSuperseded())
                return; // the file is the other one's
            try
            {
                _lock ??= WriterLock.TryTake(_folder);
            }
            catch (FaultException)
            {
                // The next heartbeat tries again.
            }

            _identity = _identity with { Beat = _identity.Beat + 1, HasLock = _lock is not null && _locks };
            TryWrite();
        }
    }

    // On a full disk the lock counts all the same: what frees space must not be refused, and a run says itself what it could not write.
    private void TryWrite()
    {
        try
        {
            _identity.Write(_folder.Writer);
        }
        catch (FaultException)
        {
            // The next heartbeat tries again.
        }
    }

    private static async Task<bool> ChangesAsync(
        RunFolder folder,
        WriterIdentity there,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < WatchFor)
        {
            await Task.Delay(WatchEvery, clock, cancellationToken);
            if (
                WriterIdentity.Read(folder.Writer) is { } now
                && (now.Instance, now.Beat) != (there.Instance, there.Beat)
            )
                return true;
        }

        return false;
    }

    private static FaultException Refusal(RunFolder folder, WriterIdentity? there, WriterIdentity mine) =>
        new(
            Code,
            $"{folder.RunId} is being trained by {there?.Words(mine) ?? "another process, of an earlier version"}, and two writers would ruin each other's checkpoints",
            $"mm watch {folder.RunId}, or stop it first with: mm stop {folder.RunId}"
        );

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            // The lock decides; the file only names who had it.
        }
    }
}
