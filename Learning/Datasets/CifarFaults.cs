namespace MMOrleans.Learning.Datasets;

/// <summary>What can be wrong with a file of a CIFAR data set, and what to do about it.</summary>
internal static class CifarFaults
{
    /// <summary>Nothing lies there, or a file of it does not.</summary>
    public static FaultException Missing(CifarLayout layout, string path, string what) =>
        new(
            "MM2001",
            $"{layout.Name} is not in {path}: {what}",
            $"mm data fetch {layout.Key}, or --data-dir with the folder that holds {layout.TestFile}, or {CifarPickles.NameOf(layout.TestFile)} of the Python version"
        );

    /// <summary>A size that no file of the layout has; <c>wanted</c> is null for that of a training file.</summary>
    public static FaultException Malformed(CifarLayout layout, string name, long bytes, long? wanted)
    {
        var found = new[] { CifarLayout.Cifar10, CifarLayout.Cifar100 }
            .Where(l =>
                bytes == (long)l.RecordsPerTrainFile * l.RecordBytes
                || bytes == (long)l.RecordsOfTest * l.RecordBytes
            )
            .Select(l => $" (that is the size of a {l.Name} file)")
            .FirstOrDefault("");
        return new(
            "MM2004",
            $"{name} is {bytes:N0} bytes{found}, wanted {wanted ?? (long)layout.RecordsPerTrainFile * layout.RecordBytes:N0} of {layout.Name}",
            $"mm data fetch {layout.Key} --repair, or point --data-dir at the right folder"
        );
    }

    /// <summary>Null where the checksum is that of the download, or none was kept.</summary>
    public static FaultException? Differs(
        CifarLayout layout,
        string name,
        long bytes,
        string digest,
        IReadOnlyDictionary<string, string> sums
    ) =>
        !sums.TryGetValue(name, out var expected) || expected == digest
            ? null
            : new(
                "MM2002",
                $"{name}: SHA-256 expected {expected}, got {digest}, size {bytes:N0}{(layout.DataFiles.Contains(name) ? $" of {layout.BytesOf(name):N0}" : "")} bytes: these are not the images that were downloaded",
                $"mm data fetch {layout.Key} --repair"
            );

    /// <summary>Null for a binary file that has all records and no more.</summary>
    public static FaultException? WrongSize(CifarLayout layout, string name, byte[] bytes) =>
        bytes.Length == layout.BytesOf(name)
            ? null
            : Malformed(layout, name, bytes.Length, layout.BytesOf(name));

    /// <summary>Null where every record has a class of the set.</summary>
    public static FaultException? WrongLabel(CifarLayout layout, string name, byte[] bytes)
    {
        for (var r = 0; r < bytes.Length / layout.RecordBytes; r++)
            if (
                bytes[(r * layout.RecordBytes) + layout.LabelBytes - 1] is var label
                && label >= layout.Classes
            )
                return new(
                    "MM2004",
                    $"{name} record {r} has class {label}; {layout.Name} has classes 0 to {layout.Classes - 1}, so this is not such a file",
                    $"mm data fetch {layout.Key} --repair"
                );
        return null;
    }

    /// <summary>Null for a whole file of the Python version.</summary>
    public static FaultException? WrongPickle(CifarLayout layout, string binary, byte[] bytes)
    {
        try
        {
            var name = CifarPickles.NameOf(binary);
            return WrongLabel(
                layout,
                name,
                CifarPickles.Records(layout, name, bytes, layout.RecordsOf(binary))
            );
        }
        catch (FaultException fault)
        {
            return fault;
        }
    }
}
