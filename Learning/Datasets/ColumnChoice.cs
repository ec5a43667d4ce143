namespace MMOrleans.Learning.Datasets;

/// <summary>Which column of a user's own table holds the images, or the classes.</summary>
/// <param name="Key">Of the configuration that names it.</param>
/// <param name="What">What it holds, in the plural.</param>
/// <param name="Given">What the configuration says; null for nothing.</param>
/// <param name="Usual">Names that people use, in any case; the first one wins over the others.</param>
internal sealed record ColumnChoice(string Key, string What, string? Given, params string[] Usual)
{
    public static ColumnChoice Labels(string? given) =>
        new(
            "dataset.columns.label",
            "classes",
            given,
            "label",
            "labels",
            "target",
            "targets",
            "class",
            "category",
            "cls",
            "y"
        );

    /// <param name="columns">All columns that could hold it.</param>
    /// <param name="file">What the error calls the file.</param>
    /// <param name="all">Names of all columns.</param>
    /// <exception cref="FaultException">MM2004: the named one is not there, or none or several could be meant.</exception>
    public string Among(IReadOnlyList<string> columns, string file, IReadOnlyList<string> all)
    {
        if (Given is not null)
            return columns.FirstOrDefault(column => column == Given)
                ?? throw Fault(
                    all.Contains(Given)
                        ? $"its column {Given} cannot hold {What}"
                        : $"it has no column {Given}",
                    columns
                );
        var usual = columns
            .Where(column => Usual.Contains(column, StringComparer.OrdinalIgnoreCase))
            .ToList();
        return columns.FirstOrDefault(column => column == Usual[0])
            ?? usual switch
            {
                [var one] => one,
                [] => throw Fault(
                    columns.Count == 0
                        ? $"none of its columns can hold {What}"
                        : $"none of its columns is called as usual for {What} ({string.Join(", ", Usual)})",
                    columns
                ),
                _ => throw Fault($"{string.Join(" and ", usual)} could both hold {What}", usual),
            };

        FaultException Fault(string why, IReadOnlyList<string> candidates) =>
            new(
                "MM2004",
                $"{file} has the columns {string.Join(", ", all)}: {why}",
                candidates.Count == 0
                    ? "write the file anew with such a column"
                    : $"name the one that is meant: {string.Join(", or ", candidates.Select(column => $"--set {Key}={column}"))}"
            );
    }
}
