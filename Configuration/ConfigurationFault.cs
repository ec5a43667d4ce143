using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration;

/// <summary>A configuration that is refused, with everything that is wrong with it.</summary>
public sealed class ConfigurationFault : Exception
{
    /// <param name="code">Such as <c>MM1004</c>.</param>
    /// <param name="message">What is wrong, with key and value.</param>
    /// <param name="fix">What to write instead.</param>
    internal ConfigurationFault(string code, string message, string fix)
        : this([new(code, message, fix)]) { }

    /// <param name="problems">In the order in which they stand in the file; one at least.</param>
    internal ConfigurationFault(IReadOnlyList<Problem> problems)
        : base(problems[0].Message) => Problems = problems;

    /// <summary>All of them, one at least; the first one's code stands for the whole.</summary>
    public IReadOnlyList<Problem> Problems { get; }
}
