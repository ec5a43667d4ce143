namespace MMOrleans.Grains.Trainers;

/// <summary>Does what it is given one after another, beside its caller. What one step throws keeps no later one from being done.</summary>
/// <param name="failed">Is told what a step has thrown.</param>
internal sealed class TaskChain(Action<Exception> failed)
{
    private readonly Lock _order = new();
    private Task _last = Task.CompletedTask; // never fails
    private int _unfinished;

    /// <summary>Steps that wait or are being done.</summary>
    public int Unfinished => Volatile.Read(ref _unfinished);

    /// <summary>Ends with the last of the steps given so far; nothing is thrown.</summary>
    public Task Idle => _last;

    /// <summary>Gives it a step.</summary>
    /// <returns>What comes of it.</returns>
    public Task<T> Add<T>(Func<Task<T>> step)
    {
        lock (_order)
        {
            Interlocked.Increment(ref _unfinished);
            var before = _last;
            var mine = Task.Run(async () =>
            {
                await before;
                return await step();
            });
            _last = EndAsync(mine);
            return mine;
        }
    }

    private async Task EndAsync(Task step)
    {
        try
        {
            await step;
        }
#pragma warning disable CA1031 // Told, and a caller that waits for the step itself gets it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed(exception);
        }
        finally
        {
            Interlocked.Decrement(ref _unfinished);
        }
    }
}
