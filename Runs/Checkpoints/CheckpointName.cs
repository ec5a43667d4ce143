using System.Globalization;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Names of checkpoint folders: <c>epoch-0170</c> and <c>round-00012345</c>.</summary>
public static class CheckpointName
{
    private const string Epoch = "epoch-";
    private const string Round = "round-";

    /// <summary>The folder name of a state.</summary>
    public static string Of(CheckpointProgress progress) =>
        progress.RoundOfEpoch == 0 ? OfEpoch(progress.Epoch) : $"{Round}{progress.Round:D8}";

    /// <summary>The folder name after so many completed epochs.</summary>
    public static string OfEpoch(int completed) => $"{Epoch}{completed:D4}";

    /// <summary>The folder name that a person's spelling means (<c>epoch-42</c>, <c>42</c>: <c>epoch-0042</c>), or null if it is none.</summary>
    public static string? Canonical(string spelling) =>
        (Number(spelling, Epoch) ?? Number(spelling, "")) is { } epoch ? $"{Epoch}{epoch:D4}"
        : Number(spelling, Round) is { } round ? $"{Round}{round:D8}"
        : null;

    internal static bool IsName(string folder) => Canonical(folder) == folder;

    private static long? Number(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal)
        && long.TryParse(
            text.AsSpan(prefix.Length),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
}
