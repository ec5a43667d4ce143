using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Puts a manifest's own hash into its text, and checks it.</summary>
/// <remarks>Works on the bytes as they lie in the file, so keys that a later version adds do not break older readers.</remarks>
internal static class ManifestSeal
{
    private static readonly string Open = new('0', 2 * SHA256.HashSizeInBytes);

    public static byte[] Write(CheckpointManifest manifest)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(
            manifest with
            {
                Seal = Open,
            },
            CheckpointJson.Default.CheckpointManifest
        );
        var place = text.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(Open));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(text)), text.AsSpan(place));
        return text;
    }

    /// <returns>The manifest, or null if the bytes are not what <see cref="Write"/> gave.</returns>
    public static CheckpointManifest? Read(byte[] text)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(text, CheckpointJson.Default.CheckpointManifest);
            if (manifest is null || manifest.Seal.Length != Open.Length)
            {
                return null;
            }

            var place = text.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(manifest.Seal));
            if (place < 0)
            {
                return null;
            }

            var opened = text.ToArray();
            Encoding.ASCII.GetBytes(Open, opened.AsSpan(place));
            return Convert.ToHexStringLower(SHA256.HashData(opened)) == manifest.Seal ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
