using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Text;
using MMOrleans.Client.Commands;
using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Reference;

/// <summary>The pages of <c>docs/reference</c>, as the tables in the code say them.</summary>
internal static class ReferencePages
{
    public static IReadOnlyDictionary<string, Func<string>> All { get; } =
        new Dictionary<string, Func<string>>
        {
            ["commands.md"] = Commands,
            ["configuration.md"] = Configuration,
            ["errors.md"] = Errors,
            ["methods.md"] = Methods,
            ["metrics.md"] = Metrics,
        };

    private static string Commands()
    {
        var root = MmRootCommand.Create(
            new()
            {
                Output = TextWriter.Null,
                Error = TextWriter.Null,
                Environment = EnvironmentSnapshot.Empty,
                Clock = TimeProvider.System,
                WorkingFolder = "/",
            }
        );
        var page = Page("Commands", "`mm VERB --help` says the same.");
        page.Append("\n## Flags of every verb\n\n");
        Options(page, root.Options.Where(option => option.Recursive));
        foreach (var verb in root.Subcommands.Where(verb => !verb.Hidden))
            Verb(page, "mm", verb);
        return page.ToString();
    }

    private static void Verb(StringBuilder page, string before, Command command)
    {
        var name = $"{before} {command.Name}";
        var arguments = string.Concat(command.Arguments.Where(a => !a.Hidden).Select(a => $" {Shown(a)}"));
        page.Append(CultureInfo.InvariantCulture, $"\n## `{name}{arguments}`\n\n{command.Description}\n");
        var own = command.Options.Where(option => !option.Recursive && !option.Hidden).ToList();
        if (own.Count > 0)
        {
            page.Append('\n');
            Options(page, own);
        }

        foreach (var inner in command.Subcommands.Where(inner => !inner.Hidden))
            Verb(page, name, inner);
    }

    private static string Shown(Argument argument)
    {
        var name = (argument.HelpName ?? argument.Name).ToUpperInvariant();
        return (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
        {
            (0, 1) => $"[{name}]",
            (0, _) => $"[{name}...]",
            (_, 1) => name,
            _ => $"{name}...",
        };
    }

    private static void Options(StringBuilder page, IEnumerable<Option> options)
    {
        Row(page, "Flag", "");
        Row(page, "---", "---");
        foreach (var option in options.Where(o => o is not (HelpOption or VersionOption)))
        {
            var names = string.Join(", ", option.Aliases.Append(option.Name).Select(name => $"`{name}`"));
            var value = option.HelpName is { } what ? $" `{what}`" : "";
            Row(page, names + value, option.Description ?? "");
        }
    }

    private static string Configuration()
    {
        var page = Page(
            "Configuration",
            "A file of these keys: `mm config init` writes one, `mm config check` reads one, `mm config explain KEY` says what stands here. "
                + "A key below another is written with dots in `--set KEY=VALUE`, and as `MM_SET__` with `__` for dots among the variables."
        );
        foreach (
            var section in ConfigKeys.All.GroupBy(key => key.Path.Split('.') is [var top, _, ..] ? top : "")
        )
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"\n## {(section.Key.Length == 0 ? "At the top" : $"`{section.Key}`")}\n\n"
            );
            Row(page, "Key", "Built in", "Takes", "Flag", "");
            Row(page, "---", "---", "---", "---", "---");
            foreach (var key in section)
                Row(
                    page,
                    $"`{key.Path}`",
                    $"`{key.BuiltIn}`",
                    key.Value.Wants,
                    key.Flag is null ? "" : $"`{key.Flag}`",
                    key.Doc
                );
        }

        page.Append("\n## Presets\n\n");
        Row(page, "Preset", "");
        Row(page, "---", "---");
        foreach (var preset in Presets.All)
            Row(page, $"`{preset.Name}`", preset.Doc);
        return page.ToString();
    }

    private static string Errors()
    {
        var page = Page(
            "Errors",
            "`mm explain CODE` says the same. The exit code is that of a process that ends by it; the HTTP status that of a request that is answered with it."
        );
        foreach (var entry in FaultCatalogue.All)
            page.Append(
                CultureInfo.InvariantCulture,
                $"\n## {entry.Code}: {entry.Title}\n\n{entry.Explanation}\n\n```\nerror {entry.Code}: {entry.Example}\n```\n\n*Fix:* {entry.Fix}\n*Exit code:* {entry.ExitCode}\n*HTTP status:* {(int)entry.Status}\n"
            );
        return page.ToString();
    }

    private static string Methods()
    {
        var page = Page(
            "Methods",
            "What the names of `--method` stand for; [methods](../methods.md) says what the words mean and how to add one. **Bold** ones are rows of the published table."
        );
        page.Append('\n');
        Row(page, "Method", "Loss", "Classifier", "Class weights", "Sampler", "Step", "Before it", "Trains");
        Row(page, [.. Enumerable.Repeat("---", 8)]);
        foreach (var method in MethodCatalogue.All)
            Row(
                page,
                method.IsOfTable1 ? $"**`{method.Name}`**" : $"`{method.Name}`",
                method.Loss,
                method.Classifier == "trained" ? method.Head : $"{method.Classifier}, computed",
                method.Reweight == Reweighting.None
                    ? "none"
                    : $"{method.Reweight.Word()}, {method.Weights.Word()}",
                method.Sampler,
                method.Companion == "none" ? method.Objective : $"{method.Objective} with {method.Companion}",
                method.Pretraining,
                method.Trains
            );
        return page.ToString();
    }

    private static string Metrics()
    {
        var page = Page(
            "Metrics",
            "The numbers of an epoch, and what each is called. *Column* is that of `metrics.csv` and the name of the series in REST; `run.json` has "
                + "them under `last` and `best`. Shares lie in [0, 1], durations are seconds. What is not evaluated is empty, or null."
        );
        page.Append('\n');
        Row(page, "Column", "`run.json`", "`--json`", "TensorBoard", "`checkpoint.keep_best`", "Meaning");
        Row(page, [.. Enumerable.Repeat("---", 6)]);
        foreach (var metric in MetricTable.All.Where(metric => metric.IsKept))
            Row(
                page,
                $"`{metric.Name}`",
                $"`{metric.Key}`",
                metric.IsInEvents ? $"`{metric.Shown}`" : "",
                metric.TensorBoard is { } tag ? $"`{tag}`" : "",
                !metric.CanBeBest ? ""
                    : metric.Better == Better.Higher ? "highest"
                    : "lowest",
                metric.Description
            );
        page.Append(
            "\n## Gauges\n\nOf every live run, beside those of [telemetry](../telemetry.md#metrics).\n\n"
        );
        Row(page, "Name", "Kind, unit", "Attributes", "Meaning");
        Row(page, [.. Enumerable.Repeat("---", 4)]);
        foreach (var gauge in MetricTable.All.Where(m => m.Gauge is not null).GroupBy(m => m.Gauge!.Name))
        {
            var first = gauge.First();
            Row(
                page,
                $"`mmorleans.run.{gauge.Key}`",
                "gauge",
                first.Gauge!.Attribute is { } attribute ? $"`run.id`, `{attribute}`" : "`run.id`",
                first.GaugeDescription
            );
        }

        return page.ToString();
    }

    private static StringBuilder Page(string title, string about) =>
        new(
            $"# {title}\n\nGenerated from the code by `dotnet run --project build/Reference`; a test fails when it differs.\n\n{about}\n"
        );

    private static void Row(StringBuilder page, params IReadOnlyList<string> cells) =>
        page.Append("| ")
            .AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))
            .Append(" |\n");
}
