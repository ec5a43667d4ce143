using System.Security.Cryptography;

namespace MMOrleans.Learning.Datasets;

/// <summary>The checksums that lie beside downloaded files, in the format of <c>sha256sum</c>: hash, two spaces, name.</summary>
public static class Sha256Sums
{
    /// <summary>Name of the file that holds them.</summary>
    public const string FileName = "SHA256SUMS";

    /// <summary>Lower-case hexadecimal hashes by file name; empty where nothing is known.</summary>
    /// <param name="folder">Folder of the files.</param>
    /// <exception cref="FaultException">MM2004: a line is not a checksum.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return sums;
        foreach (var line in File.ReadLines(path))
        {
            if (line.Length == 0)
                continue;
            if (
                line.Length < 67
                || line[64..66] is not ("  " or " *")
                || !line[..64].All(char.IsAsciiHexDigitLower)
            )
                throw new FaultException(
                    "MM2004",
                    $"{path} holds '{line}', which is not a SHA-256, two spaces and a file name: what it should protect cannot be checked",
                    $"write it anew: sha256sum *.bin > {FileName}, or remove it to go without"
                );
            sums[line[66..]] = line[..64];
        }

        return sums;
    }

    /// <summary>Writes the checksums of files that are there.</summary>
    /// <param name="folder">Folder of the files.</param>
    /// <param name="names">Their names.</param>
    public static void Write(string folder, IEnumerable<string> names) =>
        File.WriteAllLines(
            Path.Combine(folder, FileName),
            names
                .Where(name => File.Exists(Path.Combine(folder, name)))
                .Select(name => $"{Of(Path.Combine(folder, name))}  {name}")
        );

    /// <summary>A file's SHA-256, lower-case hexadecimal.</summary>
    public static string Of(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
