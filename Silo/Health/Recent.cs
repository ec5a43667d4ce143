namespace MMOrleans.Silo.Health;

/// <summary>An answer that is found out at most once in a while, however many ask for it, and never by two at once.</summary>
/// <typeparam name="T">The answer.</typeparam>
/// <param name="age">The oldest answer that is given.</param>
/// <param name="clock">Measures it.</param>
/// <param name="ask">Finds out; a failure is not remembered.</param>
internal sealed class Recent<T>(TimeSpan age, TimeProvider clock, Func<Task<T>> ask)
{
    private readonly Lock _gate = new();
    private Task<T>? _answer;
    private long _asked;

    /// <summary>The answer.</summary>
    public Task<T> GetAsync()
    {
        lock (_gate)
        {
            if (
                _answer is { IsCompleted: false }
                || (_answer is { IsCompletedSuccessfully: true } && clock.GetElapsedTime(_asked) <= age)
            )
                return _answer;
            _asked = clock.GetTimestamp();
            return _answer = ask();
        }
    }
}
