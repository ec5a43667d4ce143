namespace MMOrleans.Api.Sources;

/// <summary>Where the traces of a run are looked at: the address of a tool, with places for the run and for a stretch of time.</summary>
public sealed record TraceAddress
{
    private const string Run = "{run}";

    private TraceAddress(string text) => Text = text;

    /// <summary>As it was given; in it <c>{run}</c> stands for the id of a run, <c>{from}</c> and <c>{to}</c> for milliseconds since 1970.</summary>
    public string Text { get; }

    /// <summary>Reads one.</summary>
    /// <returns>Null when it is not an address of the web, or has no place for the run: the page offers it to readers.</returns>
    public static TraceAddress? Read(string text) =>
        text.Contains(Run, StringComparison.Ordinal)
        && Uri.TryCreate(text.Replace('{', 'x').Replace('}', 'x'), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new(text)
            : null;
}
