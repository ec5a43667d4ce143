namespace MMOrleans.Learning.Datasets;

/// <summary>Where a data set is published, and what its archive must be.</summary>
/// <param name="Dataset">Name in the catalogue of data sets.</param>
/// <param name="Layout">What is in it.</param>
/// <param name="Mirrors">Addresses, tried in order.</param>
/// <param name="Md5">MD5 that its authors give, lower-case hexadecimal: against accidents, not against forgers.</param>
public sealed record PublishedArchive(
    string Dataset,
    CifarLayout Layout,
    IReadOnlyList<Uri> Mirrors,
    string Md5
)
{
    /// <summary>All of them. Source: the authors' page, https://www.cs.toronto.edu/~kriz/cifar.html.</summary>
    public static IReadOnlyList<PublishedArchive> All { get; } =
    [
        new(
            "cifar10",
            CifarLayout.Cifar10,
            [new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz")],
            "c32a1d4ab5d03f1284b67883e8d87530"
        ),
        new(
            "cifar100",
            CifarLayout.Cifar100,
            [new("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz")],
            "03b5dce01913d631647c71ecec9e9cb8"
        ),
    ];
}
