using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MMOrleans.Client.Output;
using MMOrleans.Client.Plots;

namespace MMOrleans.Client.Reproduction;

/// <summary>Own results beside the published ones, as text of several kinds.</summary>
internal sealed class ReproducedTable
{
    private static readonly string[] Heads =
    [
        "column",
        "method",
        "best",
        "last",
        "published",
        "best − published",
        "seeds",
    ];

    private readonly int _epochs;
    private readonly IReadOnlyList<CellResult> _results;
    private readonly IReadOnlyList<string> _departures;
    private readonly IReadOnlyList<Entry> _entries;

    /// <param name="epochs">Of every run.</param>
    /// <param name="results">Of every run that is finished.</param>
    /// <param name="departures">Settings other than the published ones; see <see cref="Departures"/>.</param>
    public ReproducedTable(int epochs, IReadOnlyList<CellResult> results, IReadOnlyList<string> departures)
    {
        (_epochs, _results, _departures) = (epochs, results, departures);
        _entries =
        [
            .. from column in PublishedTable.Columns
            from row in PublishedTable.Rows
            let own = results.Where(r => r.Cell.Row == row && r.Cell.Column == column).ToList()
            where own.Count > 0
            select new Entry(
                column,
                row,
                Spread.Of(own.Select(r => r.BestError)),
                Spread.Of(own.Select(r => r.LastError)),
                PublishedTable.Error(row, column)
            ),
        ];
    }

    /// <summary>What has to be said of all of it.</summary>
    public string Caption =>
        (
            _epochs == PublishedTable.Epochs
                ? "Top-1 test error in percent; number of epochs as published."
                : $"Top-1 test error in percent. SCALED SCHEDULE: {_epochs} epochs instead of {PublishedTable.Epochs}, so the numbers are not a reproduction of the published ones; their order is what can be compared."
        )
        + (
            _departures.Count == 0
                ? ""
                : $" OTHER SETTINGS than published: {string.Join(", ", _departures)}: do not compare the two columns of numbers."
        )
        + " best: the best epoch on the test set, as the published numbers; last: the last epoch.";

    /// <summary>For a terminal.</summary>
    public IEnumerable<Line> Lines()
    {
        var table = new TextTable([.. Heads.Select((head, i) => (head, i > 1))]);
        foreach (var entry in _entries)
            table.Add([.. entry.Cells().Select(cell => (cell, ""))]);
        return [.. table.Lines(), new Line(), new Line().Add(Caption, "grey")];
    }

    /// <summary>A Markdown table with its caption, and what every run was.</summary>
    public string Markdown()
    {
        var text = new StringBuilder("# Table 1\n\n").Append(Caption).Append("\n\n");
        Rows(text, Heads, _entries.Select(entry => entry.Cells()));
        text.Append("\n## Runs\n\n");
        Rows(
            text,
            [
                "run",
                "column",
                "method",
                "seed",
                "forked from",
                "epochs trained",
                "seconds",
                "images/s",
                "state",
            ],
            _results.Select(r =>
                (IReadOnlyList<string>)
                    [
                        r.Run,
                        r.Cell.Column,
                        r.Cell.Row,
                        $"{r.Cell.Seed}",
                        r.Parent ?? "",
                        $"{r.TrainedEpochs}",
                        r.Seconds.ToString("0", CultureInfo.InvariantCulture),
                        (r.Images / r.Seconds).ToString("0", CultureInfo.InvariantCulture),
                        $"`{r.StateSha256[..12]}`",
                    ]
            )
        );
        return text.ToString();
    }

    /// <summary>A chart a column: the best errors measured beside the published ones, with what has to be said of them in its title.</summary>
    public IEnumerable<BarFigure> Charts() =>
        _entries
            .GroupBy(entry => entry.Column)
            .Select(column => new BarFigure(
                $"table1-{column.Key}",
                $"{column.Key}: {(_epochs == PublishedTable.Epochs ? "200 epochs, as published" : $"SCALED SCHEDULE, {_epochs} of {PublishedTable.Epochs} epochs")}{(_departures.Count > 0 ? "; OTHER SETTINGS than published" : "")}",
                "method",
                "best top-1 test error (%)",
                [.. column.Select(entry => entry.Row)],
                [
                    ("measured", [.. column.Select(entry => entry.Best.Mean)]),
                    ("published", [.. column.Select(entry => entry.Published ?? double.NaN)]),
                ]
            )
            {
                Deviations =
                [
                    [.. column.Select(entry => entry.Best.Deviation ?? 0)],
                    null,
                ],
            });

    /// <summary>One line a run.</summary>
    public string Csv()
    {
        var text = new StringBuilder(
            "column,method,seed,epochs,best_error,last_error,published_error,run,parent,epochs_trained,images,seconds,state_sha256\n"
        );
        foreach (var r in _results)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{r.Cell.Column},{r.Cell.Row},{r.Cell.Seed},{_epochs},{r.BestError:R},{r.LastError:R},{PublishedTable.Error(r.Cell.Row, r.Cell.Column)},{r.Run},{r.Parent},{r.TrainedEpochs},{r.Images},{r.Seconds:0.###},{r.StateSha256}"
            );
        return text.ToString();
    }

    /// <summary>The same as JSON.</summary>
    public JsonObject Document()
    {
        var document = RunJson.Of("table1");
        document["epochs"] = _epochs;
        document["scaled"] = _epochs != PublishedTable.Epochs;
        document["departures"] = new JsonArray([.. _departures.Select(words => (JsonNode)words!)]);
        document["cells"] = new JsonArray([
            .. _entries.Select(entry =>
                (JsonNode)
                    new JsonObject
                    {
                        ["column"] = entry.Column,
                        ["method"] = entry.Row,
                        ["seeds"] = entry.Best.Count,
                        ["best_error"] = entry.Best.Mean,
                        ["best_error_deviation"] = entry.Best.Deviation,
                        ["last_error"] = entry.Last.Mean,
                        ["last_error_deviation"] = entry.Last.Deviation,
                        ["published_error"] = entry.Published,
                    }
            ),
        ]);
        document["runs"] = new JsonArray([
            .. _results.Select(r =>
                (JsonNode)
                    new JsonObject
                    {
                        ["run"] = r.Run,
                        ["column"] = r.Cell.Column,
                        ["method"] = r.Cell.Row,
                        ["seed"] = r.Cell.Seed,
                        ["best_error"] = r.BestError,
                        ["last_error"] = r.LastError,
                        ["parent"] = r.Parent,
                        ["epochs_trained"] = r.TrainedEpochs,
                        ["images"] = r.Images,
                        ["seconds"] = r.Seconds,
                        ["state_sha256"] = r.StateSha256,
                    }
            ),
        ]);
        return document;
    }

    private static void Rows(
        StringBuilder text,
        IReadOnlyList<string> head,
        IEnumerable<IReadOnlyList<string>> rows
    )
    {
        void Add(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        Add(head);
        Add(head.Select(_ => "---"));
        foreach (var row in rows)
            Add(row);
    }

    private sealed record Entry(string Column, string Row, Spread Best, Spread Last, double? Published)
    {
        public IReadOnlyList<string> Cells() =>
            [
                Column,
                Row,
                $"{Best}",
                $"{Last}",
                Published?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
                Published is { } published
                    ? (Best.Mean - published).ToString("+0.00;−0.00", CultureInfo.InvariantCulture)
                    : "-",
                $"{Best.Count}",
            ];
    }
}
