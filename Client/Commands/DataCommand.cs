using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Data;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm data list|fetch|verify|stats</c></summary>
internal static class DataCommand
{
    public static Command Create(CommandContext context) =>
        new("data", "List, fetch and verify data sets; count classes under an imbalance.")
        {
            DataListCommand.Create(context),
            DataFetchCommand.Create(context),
            DataVerifyCommand.Create(context),
            DataStatsCommand.Create(context),
        };

    /// <summary>Which data set a verb is about.</summary>
    public static Argument<string> Where()
    {
        var where = new Argument<string>("data")
        {
            Description = "a known data set, or a folder with its files",
            HelpName = "NAME|DIR",
        };
        where.CompletionSources.Add(_ =>
            DatasetCatalogue.Names.Select(n => new System.CommandLine.Completions.CompletionItem(n))
        );
        return where;
    }

    /// <summary>How its files are to be read.</summary>
    public static Option<string[]> Set()
    {
        var set = new Option<string[]>("--set")
        {
            Description = "a key of the configuration below dataset (repeatable)",
            HelpName = "KEY=VALUE",
            AllowMultipleArgumentsPerToken = false,
        };
        set.CompletionSources.Add(_ =>
            ConfigKeys
                .All.Where(key => key.Path.StartsWith(Section, StringComparison.Ordinal))
                .Select(key => new System.CommandLine.Completions.CompletionItem(key.Path + "="))
        );
        return set;
    }

    /// <summary>The same that a run would be configured with.</summary>
    /// <param name="place">The data set.</param>
    /// <param name="sets">As given to --set.</param>
    /// <param name="context">The process.</param>
    /// <exception cref="FaultException">MM10xx, with all problems.</exception>
    public static DatasetSpecification Specification(
        DataPlace place,
        IReadOnlyList<string> sets,
        CommandContext context
    )
    {
        foreach (var set in sets)
            if (!set.TrimStart().StartsWith(Section, StringComparison.Ordinal))
                throw new FaultException(
                    "MM1004",
                    $"--set must be a key below dataset here, got '{set}': the other keys do not change what is read",
                    "such as --set dataset.columns.label=fine_label"
                );
        if (place is { Path: null, Definition.IsAt: not null })
            throw new FaultException(
                "MM2001",
                $"{place.Dataset} is a format of your own images, and no folder with them is given",
                "mm data verify DIR, or mm data stats DIR"
            );
        return RunConfiguration
            .Resolve(
                new()
                {
                    Sets = sets,
                    Flags =
                    [
                        ("NAME|DIR", "dataset.name", place.Dataset),
                        .. place.Path is null
                            ? Array.Empty<(string, string, string)>()
                            : [("NAME|DIR", "dataset.path", place.Path)],
                    ],
                    WorkingFolder = context.WorkingFolder,
                }
            )
            .Specification.Dataset;
    }

    /// <summary>What lies there and is not read, for programs.</summary>
    public static JsonArray PassedOver(ImageInventory inventory) =>
        [
            .. inventory.PassedOver.Select(kind => new JsonObject
            {
                ["kind"] = kind.Kind,
                ["count"] = kind.Count,
                ["examples"] = new JsonArray([.. kind.Examples.Select(name => (JsonNode)name)]),
            }),
        ];

    /// <summary>Classes whose error is undefined, for programs.</summary>
    public static JsonArray WithoutTestImages(IReadOnlyList<string> names) =>
        [.. names.Select(name => (JsonNode)name)];

    /// <summary>The same for people; nothing where every class has test images.</summary>
    public static IEnumerable<Line> Undefined(IReadOnlyList<string> names) =>
        ClassErrors.Undefined(names) is { } words ? [new Line().Add(words, "yellow")] : [];

    private const string Section = "dataset.";
}
