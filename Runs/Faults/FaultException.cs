namespace MMOrleans.Runs.Faults;

/// <summary>A refusal that reaches the user: a code of the error catalogue, what happened, and what to do.</summary>
public class FaultException : Exception
{
    /// <param name="code">Such as <c>MM2004</c>.</param>
    /// <param name="message">What happened, with the value, and why it matters.</param>
    /// <param name="fix">What to do now.</param>
    /// <param name="inner">What it was noticed by; null when nothing was thrown.</param>
    public FaultException(string code, string message, string fix, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Fix = fix;
    }

    /// <summary>MM1007: a value that is none of its choices.</summary>
    /// <param name="key">Such as <c>method.loss</c>.</param>
    /// <param name="value">What was given.</param>
    /// <param name="choices">What there is.</param>
    public static FaultException NoChoice(string key, string value, params string[] choices) =>
        new(
            "MM1007",
            $"{key} is '{value}', which is no choice.",
            $"Set {key} to one of {string.Join(", ", choices)}."
        );

    /// <summary>Such as <c>MM2004</c>.</summary>
    public string Code { get; }

    /// <summary>What to do now.</summary>
    public string Fix { get; }
}
