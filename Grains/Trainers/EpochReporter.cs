using System.Collections.Concurrent;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers;

/// <summary>Tells the run of its closed epochs, beside the rounds and in order; while the run cannot be told, they are kept.</summary>
/// <remarks>Every trainer keeps them and one reports: an heir says once more what the one before it may not have said.</remarks>
/// <param name="report">Tells one; safe to repeat.</param>
/// <param name="patience">Silence after which it is tried again.</param>
/// <param name="clock">Measures it.</param>
internal sealed class EpochReporter(Func<EpochResult, Task> report, TimeSpan patience, TimeProvider clock)
{
    private const int Kept = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentQueue<EpochResult> _untold = [];
    private Task _telling = Task.CompletedTask;

    /// <summary>Keeps an epoch to be told of; the oldest is forgotten where too many are.</summary>
    public void Add(EpochResult epoch)
    {
        _untold.Enqueue(epoch);
        if (_untold.Count > Kept && _telling.IsCompleted)
            _untold.TryDequeue(out _);
    }

    /// <summary>Begins to tell what is kept, unless that is under way.</summary>
    /// <exception cref="Exception">What the run refused the last time.</exception>
    public void Begin()
    {
        if (_telling.IsFaulted)
            _telling.GetAwaiter().GetResult();
        if (_telling.IsCompleted && !_untold.IsEmpty)
            _telling = Task.Run(TellAsync);
    }

    /// <summary>Waits for what <see cref="Begin"/> began, told or not.</summary>
    public Task FlushAsync() => _telling;

    /// <summary>Tries until everything is told.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Begin();
            await _telling;
            if (_untold.IsEmpty)
                return;
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task TellAsync()
    {
        while (_untold.TryPeek(out var epoch))
        {
            try
            {
                await report(epoch).WaitAsync(patience, clock);
            }
            catch (Exception exception) when (Placement.Unreachable.Is(exception))
            {
                return; // the run's grain comes back on another silo
            }

            _untold.TryDequeue(out _);
        }
    }
}
