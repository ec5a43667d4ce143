using System.Text.Json.Nodes;
using MMOrleans.Configuration;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Reproduction;

/// <summary>Settings in which cells of the table ran otherwise than published.</summary>
/// <remarks>
/// The published cell is the preset with the row's method and nothing else. It is resolved for the epochs that were run, so that what scales
/// with them is not a departure: the number of epochs has a sentence of its own.
/// </remarks>
internal static class Departures
{
    // They follow from the data set's name, and as numbers say less.
    private static readonly string[] Implied = ["dataset.mean", "dataset.standard_deviation"];

    /// <summary>Each departure once, in the specification's order, such as <c>dataset.name=synthetic (published cifar10)</c>.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<(Cell Cell, RunSpecification Run)> cells) =>
        [.. cells.SelectMany(c => Between(c.Run, Published(c.Cell, c.Run.Epochs))).Distinct()];

    /// <summary>What differs between two specifications, leaf by leaf.</summary>
    public static IReadOnlyList<string> Between(RunSpecification run, RunSpecification published)
    {
        var (mine, theirs) = (Leaves(run).ToDictionary(), Leaves(published).ToDictionary());
        return
        [
            .. mine
                .Keys.Union(theirs.Keys)
                .Where(key => !Implied.Contains(key))
                // What is null or not there at all is not part of the run.
                .Select(key =>
                    (
                        key,
                        own: mine.GetValueOrDefault(key, "none"),
                        other: theirs.GetValueOrDefault(key, "none")
                    )
                )
                .Where(leaf => leaf.own != leaf.other)
                .Select(leaf => $"{leaf.key}={leaf.own} (published {leaf.other})"),
        ];
    }

    private static RunSpecification Published(Cell cell, int epochs) =>
        RunConfiguration
            .Resolve(
                new()
                {
                    Flags =
                    [
                        ("--columns", "preset", cell.Column),
                        ("--rows", "method.name", cell.Row),
                        ("--seeds", "seed", $"{cell.Seed}"),
                        ("--epochs", "train.epochs", $"{epochs}"),
                    ],
                    WorkingFolder = null,
                }
            )
            .Specification;

    private static IEnumerable<KeyValuePair<string, string>> Leaves(RunSpecification specification) =>
        Leaves("", JsonNode.Parse(SpecificationDocument.Write(specification))!.AsObject());

    private static IEnumerable<KeyValuePair<string, string>> Leaves(string path, JsonObject node) =>
        node.SelectMany(pair =>
            pair.Value is JsonObject inner
                ? Leaves($"{path}{pair.Key}.", inner)
                :
                [
                    new(
                        path + pair.Key,
                        pair.Value is JsonValue value ? $"{value}" : pair.Value?.ToJsonString() ?? "null"
                    ),
                ]
        );
}
