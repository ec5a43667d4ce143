namespace MMOrleans.Bench.Mutation;

/// <summary>One planted bug.</summary>
/// <param name="File">Path of the source in the checkout.</param>
/// <param name="Line">Where it stands today, from 1.</param>
/// <param name="Member">Type and member around it.</param>
/// <param name="Before">The text as it is, white space collapsed.</param>
/// <param name="After">The text as it is planted.</param>
/// <param name="Ordinal">Which of several that read the same in this member, from 1.</param>
/// <param name="Edit">The change.</param>
internal sealed record Mutant(
    string File,
    int Line,
    string Member,
    string Before,
    string After,
    int Ordinal,
    Edit Edit
)
{
    /// <summary>Names it for as long as its text stays, wherever it moves.</summary>
    public string Key =>
        $"{Member}: {Edit.Operator}: {Before} -> {After}" + (Ordinal > 1 ? $" ({Ordinal})" : "");

    public string Folder => File[..File.LastIndexOf('/')];
}
