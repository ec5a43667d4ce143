using System.Text.Json.Nodes;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>Runs side by side; those that differ only in their seed are one column of means and standard deviations.</summary>
internal sealed class Comparison
{
    private readonly Column[] _columns;
    private readonly IReadOnlyList<Metric> _metrics = MetricTable.OfTest;

    public Comparison(IReadOnlyList<RunRecord> runs)
    {
        _columns = [.. runs.GroupBy(WithoutSeed).Select(group => new Column([.. group]))];
    }

    /// <summary>The columns of which every run was evaluated, by their headings.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<RunRecord> Runs)> Evaluated =>
        [
            .. _columns
                .Where(column => column.Runs.All(run => ClassErrors.Of(run).Count > 0))
                .Select(column => (column.Heading, column.Runs)),
        ];

    private bool HasSeeds => _columns.Any(column => column.Runs.Count > 1);

    /// <summary>A table of metrics, one of class errors, and the differences seed by seed.</summary>
    public IEnumerable<Line> Lines()
    {
        var table = Table("METRIC");
        foreach (var metric in _metrics.Where(m => _columns.Any(column => column.Values(m).Count > 0)))
        {
            Row(
                table,
                metric.Shown.Replace('_', ' ') + (IsComparable(metric) ? "" : " (each its own)"),
                column => column.Values(metric),
                metric.Better == Better.Lower,
                IsComparable(metric)
            );
        }

        foreach (var line in table.Lines())
        {
            yield return line;
        }

        var classes = ClassRows();
        if (classes.Count > 0)
        {
            yield return new Line();
            var errors = Table("TEST ERROR BY CLASS");
            foreach (var (label, name) in classes)
            {
                Row(errors, label, column => column.Errors(name), lowerIsBetter: true);
            }

            foreach (var line in errors.Lines())
            {
                yield return line;
            }
        }

        foreach (var line in SeedLines())
        {
            yield return line;
        }
    }

    /// <summary>The same as one object.</summary>
    public JsonObject Document()
    {
        var document = RunJson.Of("comparison");
        document["columns"] = new JsonArray([.. _columns.Select(column => (JsonNode)Describe(column))]);
        if (_columns.Length == 2)
        {
            var differences = new JsonObject();
            foreach (var metric in _metrics)
            {
                differences[metric.Shown] = RunJson.Number(
                    IsComparable(metric)
                        ? Difference(_columns[0].Values(metric), _columns[1].Values(metric))
                        : null
                );
            }

            document["difference"] = differences;
        }

        return document;
    }

    private JsonObject Describe(Column column)
    {
        var metrics = new JsonObject();
        foreach (var metric in _metrics)
        {
            var values = column.Values(metric);
            metrics[metric.Shown] = new JsonObject
            {
                ["mean"] = RunJson.Number(values.Count > 0 ? values.Average() : null),
                ["sd"] = RunJson.Number(Deviation(values)),
                ["values"] = new JsonArray([.. values.Select(value => RunJson.Number(value))]),
            };
        }

        var errors = new JsonObject();
        foreach (var (_, name) in ClassRows())
        {
            var values = column.Errors(name);
            errors[name] = RunJson.Number(values.Count > 0 ? values.Average() : null);
        }

        return new JsonObject
        {
            ["method"] = column.Method,
            ["runs"] = new JsonArray([.. column.Runs.Select(run => (JsonNode)run.Id!)]),
            ["seeds"] = new JsonArray([
                .. column.Runs.Select(run => (JsonNode)RunDocument.Specification(run).Seed),
            ]),
            ["metrics"] = metrics,
            ["class_error"] = errors,
        };
    }

    private TextTable Table(string first)
    {
        List<(string, bool)> headings = [(first, false)];
        headings.AddRange(_columns.Select(column => (column.Heading, true)));
        if (_columns.Length == 2)
        {
            headings.Add(("DIFFERENCE", true));
        }

        return new([.. headings]);
    }

    private void Row(
        TextTable table,
        string label,
        Func<Column, IReadOnlyList<double>> values,
        bool lowerIsBetter,
        bool isComparable = true
    )
    {
        List<(string, string)> cells = [(label, "")];
        var first = values(_columns[0]);
        foreach (var column in _columns)
        {
            var own = values(column);
            // With more than two columns every one says how far it is from the first.
            var away =
                isComparable
                && _columns.Length > 2
                && column != _columns[0]
                && Difference(own, first) is { } gap
                    ? $" ({gap:+0.000;-0.000;0.000})"
                    : "";
            cells.Add((Words(own) + away, ""));
        }

        if (_columns.Length == 2)
        {
            var difference = isComparable ? Difference(first, values(_columns[1])) : null;
            var better = lowerIsBetter ? difference < -0.0005 : difference > 0.0005;
            var worse = lowerIsBetter ? difference > 0.0005 : difference < -0.0005;
            cells.Add(
                (
                    difference is { } value ? $"{value:+0.000;-0.000;0.000}" : "-",
                    better ? "green"
                    : worse ? "red"
                    : ""
                )
            );
        }

        table.Add([.. cells]);
    }

    private IEnumerable<Line> SeedLines()
    {
        if (!HasSeeds || _columns.Length != 2)
        {
            yield break;
        }

        var pairs = _columns[0]
            .Runs.Join(
                _columns[1].Runs,
                run => RunDocument.Specification(run).Seed,
                run => RunDocument.Specification(run).Seed,
                (a, b) => (Seed: RunDocument.Specification(a).Seed, A: a, B: b)
            )
            .ToList();
        if (pairs.Count == 0)
        {
            yield break;
        }

        yield return new Line();
        var table = new TextTable(
            ("DIFFERENCE BY SEED", false),
            ("ACCURACY", true),
            ("MANY", true),
            ("MEDIUM", true),
            ("FEW", true)
        );
        foreach (var (seed, a, b) in pairs)
        {
            table.Add(
                ($"seed {seed}", ""),
                (Signed(a.Last?.Accuracy - b.Last?.Accuracy), ""),
                (Signed(a.Last?.Many - b.Last?.Many), ""),
                (Signed(a.Last?.Medium - b.Last?.Medium), ""),
                (Signed(a.Last?.Few - b.Last?.Few), "bold")
            );
        }

        foreach (var line in table.Lines())
        {
            yield return line;
        }

        static string Signed(double? value) => value is { } number ? $"{number:+0.000;-0.000;0.000}" : "-";
    }

    /// <summary>Classes in the order of the first run that was evaluated; none when the runs have different ones.</summary>
    private List<(string Label, string Name)> ClassRows()
    {
        var all = _columns
            .SelectMany(column => column.Runs)
            .Select(ClassErrors.Of)
            .Where(r => r.Count > 0)
            .ToList();
        if (all.Count == 0 || all.Any(results => results.Count != all[0].Count))
        {
            return [];
        }

        return
        [
            .. all[0]
                .Select(result =>
                    (
                        $"{result.Name} ({Figures.Count(result.TrainingImages)} images, {result.Group})",
                        result.Name
                    )
                ),
        ];
    }

    private static string Words(IReadOnlyList<double> values) =>
        values.Count == 0 ? "-"
        : Deviation(values) is { } deviation ? $"{values.Average():0.000} ± {deviation:0.000}"
        : $"{values[0]:0.000}";

    private static double? Difference(IReadOnlyList<double> a, IReadOnlyList<double> b) =>
        a.Count > 0 && b.Count > 0 ? a.Average() - b.Average() : null;

    /// <summary>Of the sample, so divided by one less than its size; null below two.</summary>
    private static double? Deviation(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    /// <summary>A loss is measured by the method's own yardstick, a margin by the classifier's: between two of them a difference means nothing.</summary>
    private bool IsComparable(Metric metric) =>
        metric.ComparableWithin switch
        {
            ComparableWithin.OneLoss => _columns.Select(column => column.Loss).Distinct().Count() == 1,
            ComparableWithin.OneHead => _columns.Select(column => column.Head).Distinct().Count() == 1,
            _ => true,
        };

    private static string WithoutSeed(RunRecord run) =>
        SpecificationDocument.Write(RunDocument.Specification(run) with { Seed = 0 });

    private sealed record Column(IReadOnlyList<RunRecord> Runs)
    {
        public string Method => RunDocument.Specification(Runs[0]).Method.Name;

        /// <summary>The method without what does not enter an unweighted loss.</summary>
        public MethodSpecification Loss =>
            RunDocument.Specification(Runs[0]).Method with
            {
                Name = "",
                Reweight = default,
                DeferEpoch = 0,
                Weights = default,
                Beta = 0,
                Sampler = "",
            };

        public string Head => RunDocument.Specification(Runs[0]).Model.Head;

        public string Heading =>
            Runs.Count == 1 ? $"{Runs[0].Id} ({Method})" : $"{Method} ({Runs.Count} seeds)";

        public IReadOnlyList<double> Values(Metric metric) =>
            [
                .. Runs.Select(run =>
                        RunDocument.MetricsOf(run).First(m => m.Metric.Name == metric.Name).Value
                    )
                    .OfType<double>()
                    .Where(double.IsFinite),
            ];

        public IReadOnlyList<double> Errors(string name) =>
            [
                .. Runs.SelectMany(ClassErrors.Of)
                    .Where(result => result.Name == name)
                    .Select(result => result.Error)
                    .Where(double.IsFinite),
            ];
    }
}
