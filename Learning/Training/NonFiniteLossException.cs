namespace MMOrleans.Learning.Training;

/// <summary>Training diverged: a loss or a gradient is infinite or not a number. Nothing was changed.</summary>
public sealed class NonFiniteLossException : Exception
{
    /// <param name="message">What is not finite.</param>
    /// <param name="where">The first layer, or parameter, that it can be seen in.</param>
    public NonFiniteLossException(string message, string where)
        : base(message) => Where = where;

    /// <summary>The first layer whose output is not finite, or the first parameter whose gradient is not.</summary>
    public string Where { get; }
}
