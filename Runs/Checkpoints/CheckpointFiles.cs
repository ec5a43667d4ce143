using System.Security.Cryptography;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Names of a checkpoint's files, and writing one so that it is on the disk.</summary>
internal static class CheckpointFiles
{
    public const string Manifest = "checkpoint.json";
    public const string Model = "model.safetensors";
    public const string Optimiser = "optimiser.safetensors";
    public const string State = "state.json";

    /// <summary>Folders of checkpoints being written begin with this; their writer may have died.</summary>
    public const string TemporaryPrefix = ".writing-";

    /// <summary>Between a checkpoint's name and a number: it was damaged and made room for a sound one.</summary>
    public const string SetAsideInfix = ".damaged-";

    public static CheckpointFile Write(string folder, string name, Action<Stream> content)
    {
        var path = Path.Combine(folder, name);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            content(hashing);
        }

        file.Flush(flushToDisk: true);
        return new CheckpointFile(name, file.Length, Convert.ToHexStringLower(hash.Hash!));
    }

    public static string Sha256(string path)
    {
        using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            bufferSize: 1 << 20
        );
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
