using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace MMOrleans.Silo.Storage;

/// <summary>Keeps the small state of grains in files: for one process, and for development clusters on one machine.</summary>
/// <remarks>One file a grain, written under a temporary name, flushed, renamed. The ETag is the content's hash.</remarks>
internal sealed class FileGrainStorage(string folder, Serializer serializer) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        if (!File.Exists(path))
        {
            (grainState.RecordExists, grainState.ETag) = (false, null);
            return;
        }

        var bytes = await File.ReadAllBytesAsync(path);
        grainState.State = serializer.Deserialize<T>(bytes);
        (grainState.RecordExists, grainState.ETag) = (true, Tag(bytes));
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        await RefuseStaleAsync(path, grainState.ETag);
        Directory.CreateDirectory(folder);
        var bytes = serializer.SerializeToArray(grainState.State);
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        await using (var file = File.Create(temporary))
        {
            await file.WriteAsync(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        (grainState.RecordExists, grainState.ETag) = (true, Tag(bytes));
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        await RefuseStaleAsync(path, grainState.ETag);
        File.Delete(path);
        (grainState.RecordExists, grainState.ETag) = (false, null);
    }

    private static async Task RefuseStaleAsync(string path, string? tag)
    {
        var stored = File.Exists(path) ? Tag(await File.ReadAllBytesAsync(path)) : null;
        if (stored != tag)
            throw new InconsistentStateException(
                $"{path} was written by another activation since this one read it.",
                stored ?? "none",
                tag ?? "none"
            );
    }

    private string PathOf(string stateName, GrainId grainId)
    {
        var name = $"{grainId}-{stateName}";
        // Ids hold slashes and may be long; the hash keeps two of them apart, the readable part is for people.
        var readable = new string([
            .. name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_').Take(80),
        ]);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..12];
        return Path.Combine(folder, $"{readable}-{hash}.state");
    }

    private static string Tag(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}
