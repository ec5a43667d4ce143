namespace MMOrleans.Runs.Faults;

/// <summary>A refusal or failure that reaches the user.</summary>
public sealed class FaultException : Exception
{
    /// <param name="fault">What went wrong.</param>
    /// <param name="inner">What it was noticed by; null when nothing was thrown.</param>
    public FaultException(Fault fault, Exception? inner = null)
        : this([fault], inner) { }

    /// <param name="faults">All that is wrong, in the order in which it stands in its file; one at least.</param>
    /// <param name="inner">What it was noticed by; null when nothing was thrown.</param>
    public FaultException(IReadOnlyList<Fault> faults, Exception? inner = null)
        : base(faults[0].Message, inner) => Faults = faults;

    /// <param name="code">Such as <c>MM2004</c>.</param>
    /// <param name="message">What happened, with the value, and why it matters.</param>
    /// <param name="fix">What to do now.</param>
    /// <param name="inner">What it was noticed by; null when nothing was thrown.</param>
    public FaultException(string code, string message, string fix, Exception? inner = null)
        : this(new Fault(code, message, fix), inner) { }

    /// <summary>MM1007: a value that is none of its choices.</summary>
    /// <param name="key">Such as <c>method.loss</c>.</param>
    /// <param name="value">What was given.</param>
    /// <param name="choices">What there is.</param>
    public static FaultException NoChoice(string key, string value, params string[] choices) =>
        new(
            "MM1007",
            $"{key} is '{value}', which is not a choice.",
            $"Set {key} to one of {string.Join(", ", choices)}."
        );

    /// <summary>All of them, one at least: a configuration tells everything that is wrong with it at once.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    /// <summary>The first, which stands for the whole.</summary>
    public Fault Fault => Faults[0];

    /// <summary>The first one's, such as <c>MM2004</c>.</summary>
    public string Code => Fault.Code;

    /// <summary>The first one's: what to do now.</summary>
    public string Fix => Fault.Fix;
}
