namespace MMOrleans.Learning.Datasets;

/// <summary>One entry of a tar archive.</summary>
/// <param name="Name">Path in the archive, with <c>/</c> between its parts and none of them <c>.</c>.</param>
/// <param name="IsFile">Whether it is a plain file; otherwise a symbolic link or something rarer.</param>
/// <param name="Offset">Where its contents begin.</param>
/// <param name="Length">Bytes of its contents.</param>
internal sealed record TarMember(string Name, bool IsFile, long Offset, long Length);
