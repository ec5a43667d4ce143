namespace MMOrleans.Grains.Coordination;

/// <summary>Writes a coordinator's record beside its turns: one write at a time, the newest wins, and what failed is tried again.</summary>
/// <remarks>
/// A heartbeat never waits for the store, which may hang for as long as silence counts as death. What the record says is announced once
/// it is written or the store has had its patience, by the heartbeats after that. Told by one thread at a time, the grain's.
/// </remarks>
/// <param name="write">Writes the record as it is.</param>
/// <param name="failed">Is told why the record is not written: the store refused, or has not answered within <see cref="Patience"/>.</param>
/// <param name="clock">Time.</param>
internal sealed class RecordWriter(Func<Task> write, Action<Exception> failed, TimeProvider clock)
{
    /// <summary>How long the store is waited for before the record is announced without it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private Task _attempt = Task.CompletedTask;
    private bool _isWriting;
    private bool _isAway;
    private long _changes;
    private long _written;
    private long _changedAt; // the oldest change that is not written
    private long _triedAt;

    /// <summary>Whether the record may be announced. While the store is away nothing waits for it.</summary>
    public bool MayAnnounce => _written == _changes || _isAway;

    /// <summary>The record has changed.</summary>
    public void Change()
    {
        if (_written == _changes++)
            _changedAt = clock.GetTimestamp();
        Look();
    }

    /// <summary>The record has changed. Waits until it is written, or the store has refused it or had its patience.</summary>
    public async Task ChangeAsync()
    {
        Change();
        if (!_isWriting && _written < _changes)
            _attempt = WriteAsync(); // at once: the caller waits, and the attempt before is over
        try
        {
            await _attempt.WaitAsync(Patience, clock);
        }
        catch (TimeoutException)
        {
            Look(); // says so
        }
    }

    /// <summary>Time has passed: gives the store up, or tries it again.</summary>
    public void Look()
    {
        if (_written == _changes)
            return;
        if (!_isWriting)
        {
            if (!_isAway || clock.GetElapsedTime(_triedAt) >= Pause)
                _attempt = WriteAsync();
        }
        else if (!_isAway && clock.GetElapsedTime(_changedAt) >= Patience)
        {
            _isAway = true;
            failed(new TimeoutException($"the store has not answered for {Patience.TotalSeconds} s"));
        }
    }

    private async Task WriteAsync()
    {
        _isWriting = true;
        try
        {
            do
            {
                var change = _changes;
                _triedAt = clock.GetTimestamp();
                await write();
                (_written, _isAway, _changedAt) = (change, false, clock.GetTimestamp());
            } while (_written < _changes);
        }
#pragma warning disable CA1031 // Whatever a store throws when it is away: it is told, and the record is written later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _isAway = true;
            failed(exception);
        }
        finally
        {
            _isWriting = false;
        }
    }
}
