using MMOrleans.Tests;

namespace MMOrleans.Journeys.Support;

/// <summary><c>Table.md</c>: which verb and which flag is on which way.</summary>
/// <remarks>
/// A way that was walked whole says what was typed on it; where the table says something else, the way fails. <c>MM_WRITE_JOURNEYS=1</c>
/// writes its rows anew.
/// </remarks>
internal static class JourneyTable
{
    private const string Head = """
        # Which verb and which flag is on which way

        Written by the ways themselves (`MM_WRITE_JOURNEYS=1`); a way that types something else than its rows say fails. Flags of every verb
        are in the rows of `mm`. `Unwalked.md` lists the flags that are on no way, and why.

        | Way | Verb | Flags |
        | --- | --- | --- |

        """;

    private static readonly SemaphoreSlim Gate = new(1, 1);

    private static string File { get; } = Path.Combine(Checkout.Root, "tests", "Journeys", "Table.md");

    /// <summary>All rows: way and flag.</summary>
    public static IReadOnlyList<(string Way, TypedFlag Flag)> Read() =>
        [
            .. System.IO.File.Exists(File)
                ? System
                    .IO.File.ReadLines(File)
                    .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                    .SelectMany(Row)
                : [],
        ];

    /// <summary>Fails unless the table says of a way exactly what was typed on it.</summary>
    public static async Task CheckAsync(string way, IEnumerable<TypedFlag> typed)
    {
        await Gate.WaitAsync();
        try
        {
            var rows = Read();
            var (claimed, walked) = (
                rows.Where(row => row.Way == way).Select(row => row.Flag).ToHashSet(),
                typed.ToHashSet()
            );
            if (Environment.GetEnvironmentVariable("MM_WRITE_JOURNEYS") == "1")
            {
                Write([.. rows.Where(row => row.Way != way), .. walked.Select(flag => (way, flag))]);
                return;
            }

            Assert.True(
                claimed.SetEquals(walked),
                $"Table.md and the way {way} differ; MM_WRITE_JOURNEYS=1 writes its rows anew.\n"
                    + $"typed, and not in the table: {Listed(walked.Except(claimed))}\n"
                    + $"in the table, and never typed: {Listed(claimed.Except(walked))}"
            );
        }
        finally
        {
            Gate.Release();
        }
    }

    private static IEnumerable<(string, TypedFlag)> Row(string line)
    {
        var cells = line.Split('|', StringSplitOptions.TrimEntries);
        var (way, verb) = (cells[1].Trim('`'), cells[2].Trim('`'));
        if (verb != CommandTree.EveryVerb)
            yield return (way, new(verb, ""));
        foreach (var flag in cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            yield return (way, new(verb, flag.Trim('`')));
    }

    private static void Write(IEnumerable<(string Way, TypedFlag Flag)> rows) =>
        System.IO.File.WriteAllText(
            File,
            Head
                + string.Concat(
                    rows.GroupBy(row => (row.Way, row.Flag.Verb))
                        .OrderBy(row => row.Key.Way, StringComparer.Ordinal)
                        .ThenBy(row => row.Key.Verb, StringComparer.Ordinal)
                        .Select(row =>
                            $"| `{row.Key.Way}` | `{row.Key.Verb}` | {string.Join(' ', row.Select(r => r.Flag.Flag).Where(f => f.Length > 0).Distinct().Order(StringComparer.Ordinal).Select(f => $"`{f}`"))} |\n"
                        )
                )
        );

    private static string Listed(IEnumerable<TypedFlag> flags) =>
        string.Join(
            ", ",
            flags
                .Select(flag => $"{flag.Verb} {flag.Flag}".TrimEnd())
                .Order(StringComparer.Ordinal)
                .DefaultIfEmpty("nothing")
        );
}
