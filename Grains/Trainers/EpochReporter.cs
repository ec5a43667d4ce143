using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Coordination;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers;

/// <summary>Tells the run of its closed epochs, beside the rounds and in order; while the run cannot be told, or refuses, they are kept.</summary>
/// <remarks>Every trainer keeps them and one reports: an heir says once more what the one before it may not have said.</remarks>
/// <param name="report">Tells one, and is told why the run must not go on; safe to repeat.</param>
/// <param name="patience">Silence after which it is tried again.</param>
/// <param name="clock">Measures it.</param>
/// <param name="logger">Is told of what the run refuses.</param>
internal sealed partial class EpochReporter(
    Func<EpochResult, Task<Fault?>> report,
    TimeSpan patience,
    TimeProvider clock,
    ILogger logger
)
{
    private const int Kept = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // A run that refuses its last epoch for so long ends without that row: its state counts for more.
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<EpochResult> _untold = [];
    private readonly RetryPause _retry = new(clock);
    private Task _telling = Task.CompletedTask; // never fails
    private long? _refusedSince;
    private volatile Fault? _verdict;

    /// <summary>Keeps an epoch to be told of; the oldest is forgotten where too many are.</summary>
    public void Add(EpochResult epoch)
    {
        _untold.Enqueue(epoch);
        if (_untold.Count > Kept && _telling.IsCompleted)
            _untold.TryDequeue(out _);
    }

    /// <summary>What is kept of the rounds until one, oldest first; what an evaluation counted is kept of the newest only, as the run keeps it.</summary>
    public IReadOnlyList<EpochResult> Until(long round)
    {
        var kept = _untold.Where(epoch => epoch.Round <= round).ToList();
        return [.. kept.SkipLast(1).Select(epoch => epoch.Kept()), .. kept.TakeLast(1)];
    }

    /// <summary>Begins to tell what is kept, unless that is under way or failed a moment ago.</summary>
    /// <exception cref="FaultException">An epoch shows that the run must not go on.</exception>
    public void Begin()
    {
        if (_verdict is { } verdict)
            throw new FaultException(verdict);
        if (_telling.IsCompleted && !_untold.IsEmpty && _retry.IsOver)
            _telling = Task.Run(TellAsync);
    }

    /// <summary>Waits for what <see cref="Begin"/> began, told or not.</summary>
    public Task FlushAsync() => _telling;

    /// <summary>Tries until everything is told, or the run has refused it for a minute.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Begin();
            await _telling;
            if (_untold.IsEmpty)
                return;
            if (_refusedSince is { } since && clock.GetElapsedTime(since) > LongestRefusal)
            {
                LogGivenUp(_untold.Count);
                return;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task TellAsync()
    {
        while (_untold.TryPeek(out var epoch))
        {
            try
            {
                _verdict = await report(epoch).WaitAsync(patience, clock);
                if (_verdict is not null)
                    return;
            }
#pragma warning disable CA1031 // Whatever the run throws: the epoch is told again, and the trainer's rounds go on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // Not reachable: the run's grain comes back on another silo.
                _refusedSince = Placement.Unreachable.Is(exception)
                    ? null
                    : _refusedSince ?? clock.GetTimestamp();
                _retry.Failed();
                LogUntold(exception, epoch.Epoch, _retry.Failures);
                return;
            }

            _refusedSince = null;
            _retry.Succeeded();
            _untold.TryDequeue(out _);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The run could not be told of epoch {Epoch}, attempt {Attempt}; training continues, and it is told again"
    )]
    private partial void LogUntold(Exception exception, int epoch, int attempt);

    [LoggerMessage(
        LogLevel.Error,
        "The run ends without {Count} of its epochs, which it refused for a minute"
    )]
    private partial void LogGivenUp(int count);
}
