using System.Text.Json;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Folders;

/// <summary>Where another terminal of the same user finds the process that runs a local run: the content of <c>endpoint.json</c>.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Host">Its loopback address.</param>
/// <param name="GatewayPort">Where clients connect.</param>
/// <param name="ClusterId">Of the cluster in that process.</param>
/// <param name="ServiceId">Of the cluster in that process.</param>
/// <param name="Started">When the run was started there, UTC.</param>
public sealed record LocalEndpoint(
    int Pid,
    string Host,
    int GatewayPort,
    string ClusterId,
    string ServiceId,
    DateTimeOffset Started
)
{
    /// <summary>Format of this document.</summary>
    public string Schema { get; init; } = "mm/endpoint/v1";

    /// <summary>Writes the file so that only its owner can read it.</summary>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public void Write(string path) =>
        AtomicFile.Write(
            path,
            JsonSerializer.Serialize(this, RunFolderJson.Default.LocalEndpoint),
            UnixFileMode.UserRead | UnixFileMode.UserWrite
        );

    /// <summary>The endpoint; null when there is no readable file.</summary>
    public static LocalEndpoint? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LocalEndpoint>(File.ReadAllBytes(path), RecordJson.Options);
        }
        catch (Exception fault) when (fault is JsonException || StorageFault.Is(fault))
        {
            return null;
        }
    }

    /// <summary>Removes the file, if it is still this one's.</summary>
    public void Remove(string path)
    {
        if (Read(path) == this)
        {
            File.Delete(path);
        }
    }
}
