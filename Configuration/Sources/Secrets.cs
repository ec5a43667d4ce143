namespace MMOrleans.Configuration.Sources;

/// <summary>Tells names of secrets, which have no place in flags and files.</summary>
internal static class Secrets
{
    private static readonly string[] Words =
    [
        "token",
        "password",
        "passwd",
        "secret",
        "apikey",
        "accesskey",
        "credential",
        "credentials",
    ];

    /// <summary>Whether a flag or key of that name would hold a secret.</summary>
    public static bool IsName(string name)
    {
        var plain = name.ToLowerInvariant().Replace("-", "").Replace("_", "");
        return Words.Any(word => plain.EndsWith(word, StringComparison.Ordinal));
    }
}
