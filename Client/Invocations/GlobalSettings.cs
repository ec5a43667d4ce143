namespace MMOrleans.Client.Invocations;

/// <summary>The values of the flags of every verb.</summary>
/// <param name="Json">Results as JSON.</param>
/// <param name="Quiet">No progress and no messages.</param>
/// <param name="Verbosity">How often -v was given.</param>
/// <param name="Color"><c>auto</c>, <c>always</c> or <c>never</c>.</param>
/// <param name="Cluster">Address of a cluster, also from MM_CLUSTER; null for none.</param>
/// <param name="TokenFile">File that holds the token.</param>
/// <param name="NoInput">Never ask.</param>
internal sealed record GlobalSettings(
    bool Json,
    bool Quiet,
    int Verbosity,
    string Color,
    string? Cluster,
    string? TokenFile,
    bool NoInput
);
