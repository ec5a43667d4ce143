using System.Globalization;
using MMOrleans.Client.Output;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Commands;

/// <summary>What <c>--fail-under few=0.60</c> asks of a finished run.</summary>
/// <param name="Group"><c>all</c>, <c>many</c>, <c>medium</c>, <c>few</c> or <c>worst</c>.</param>
/// <param name="Least">Share in [0, 1].</param>
internal sealed record AccuracyLimit(string Group, double Least)
{
    private static readonly string[] Groups = ["all", "many", "medium", "few", "worst"];

    /// <exception cref="FaultException">MM1002: not a limit. MM1004: no such group, or no share.</exception>
    public static AccuracyLimit Read(string text)
    {
        var parts = text.Split('=', 2);
        if (
            parts.Length != 2
            || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var least)
        )
        {
            throw new FaultException(
                "MM1002",
                $"--fail-under wants GROUP=SHARE, got '{text}'",
                "--fail-under few=0.60"
            );
        }

        if (!Groups.Contains(parts[0]))
        {
            throw new FaultException(
                "MM1004",
                $"--fail-under takes {string.Join(", ", Groups)}, got '{parts[0]}'{Suggestion.Ask(parts[0], Groups)}",
                "--fail-under few=0.60"
            );
        }

        return least is >= 0 and <= 1
            ? new(parts[0], least)
            : throw new FaultException(
                "MM1004",
                $"--fail-under must be between 0 and 1, got {parts[1]}",
                least is > 1 and <= 100
                    ? $"--fail-under {parts[0]}={(least / 100).ToString(CultureInfo.InvariantCulture)}"
                    : "--fail-under few=0.60"
            );
    }

    /// <summary>Says by how much a run misses it; null when it does not.</summary>
    public string? IsMissedBy(RunRecord record)
    {
        var value = Group switch
        {
            "many" => record.Last?.Many,
            "medium" => record.Last?.Medium,
            "few" => record.Last?.Few,
            "worst" => ClassErrors.Worst(record)?.Accuracy,
            _ => record.Last?.Accuracy,
        };
        return value >= Least
            ? null
            : $"accuracy {Group} is {(value is { } number ? $"{number:0.000}" : "not known")}, --fail-under asks for {Least:0.000}";
    }
}
