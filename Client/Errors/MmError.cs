using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Errors;

/// <summary>A refusal or failure as the user sees it; every verb throws it and none prints it.</summary>
internal sealed class MmError : Exception
{
    /// <param name="code">Such as <c>MM1004</c>; one of <see cref="ErrorCatalogue"/>.</param>
    /// <param name="message">What happened, with flag or key and value.</param>
    /// <param name="fix">Something that can be pasted, or the one thing to change.</param>
    /// <param name="inner">Shown with -v only.</param>
    public MmError(string code, string message, string fix, Exception? inner = null)
        : this([new(code, message, fix)], inner) { }

    /// <param name="problems">All problems found, in the order in which they stand in the file; one at least.</param>
    /// <param name="inner">Shown with -v only.</param>
    public MmError(IReadOnlyList<Problem> problems, Exception? inner = null)
        : base(problems[0].Message, inner) => Problems = problems;

    public IReadOnlyList<Problem> Problems { get; }

    public string Code => Problems[0].Code;

    public string Fix => Problems[0].Fix;

    /// <summary>Several problems exit by the first one's code.</summary>
    public int ExitCode => ErrorCatalogue.ExitCodeOf(Code);
}
