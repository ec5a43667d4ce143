namespace MMOrleans.Client.Reproduction;

/// <summary>Table 1 as published: top-1 validation errors in percent.</summary>
/// <remarks>
/// Kang, Vu, Yoo 2021 (arXiv:2206.05380). Its rows without MM are those of Cao et al. 2019, and of Yang and Xu 2020 for SSP; the seeds
/// behind the numbers are not known.
/// </remarks>
internal static class PublishedTable
{
    /// <summary>The columns: presets of that name.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "cifar10-lt-100",
        "cifar10-lt-10",
        "cifar10-step-100",
        "cifar10-step-10",
        "cifar100-lt-100",
        "cifar100-lt-10",
        "cifar100-step-100",
        "cifar100-step-10",
    ];

    private static readonly (string Row, double?[] Errors)[] Lines =
    [
        ("erm", [29.64, 13.61, 36.70, 17.50, 61.68, 44.30, 61.45, 45.37]),
        ("focal", [29.62, 13.34, 36.09, 16.36, 61.59, 44.22, 61.43, 46.54]),
        ("ldam", [26.65, 13.04, 33.42, 15.00, 60.40, 43.09, 60.42, 43.73]),
        ("mm", [26.56, 12.34, 33.19, 13.99, 60.29, 42.63, 60.25, 43.55]),
        ("cb-rs", [29.45, 13.21, 38.14, 15.41, 66.56, 44.94, 66.23, 46.92]),
        ("cb-rw", [27.63, 13.46, 38.06, 16.20, 66.01, 42.88, 78.69, 47.52]),
        ("cb-focal", [25.43, 12.90, 39.73, 16.54, 63.98, 42.01, 80.24, 49.98]),
        ("hg-drs", [27.16, 14.03, 29.93, 14.85, null, null, null, null]),
        ("ldam-hg-drs", [24.42, 12.72, 24.53, 12.82, null, null, null, null]),
        ("m-drw", [24.94, 13.57, 27.67, 13.17, 59.49, 43.78, 58.91, 44.72]),
        ("ldam-drw", [22.97, 11.84, 23.08, 12.19, 57.96, 41.29, 54.64, 40.54]),
        ("ldam-drw-ssp", [22.17, 11.47, 22.95, 11.83, 56.57, 41.09, 54.28, 40.33]),
        ("mm-drw", [21.98, 11.44, 22.83, 11.48, 57.14, 40.63, 54.57, 40.28]),
        ("mm-ldam-drw", [21.37, 11.26, 21.82, 11.33, 56.53, 40.54, 53.70, 40.07]),
    ];

    /// <summary>The rows: methods of that name.</summary>
    public static IReadOnlyList<string> Rows { get; } = [.. Lines.Select(line => line.Row)];

    /// <summary>Epochs of the published runs.</summary>
    public const int Epochs = 200;

    /// <summary>The published error, in percent; null where the paper has a dash.</summary>
    public static double? Error(string row, string column) =>
        Lines.First(line => line.Row == row).Errors[Columns.ToList().IndexOf(column)];
}
