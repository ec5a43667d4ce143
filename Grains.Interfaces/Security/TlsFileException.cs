namespace MMOrleans.Grains.Interfaces.Security;

/// <summary>A certificate's files cannot be used.</summary>
/// <param name="message">Which file, and what is wrong with it.</param>
/// <param name="fix">What to do.</param>
/// <param name="inner">What the system said; null when it said nothing.</param>
public sealed class TlsFileException(string message, string fix, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Of the error catalogue.</summary>
    public const string Code = "MM1011";

    /// <summary>What to do.</summary>
    public string Fix { get; } = fix;
}
