using System.Globalization;
using System.Text.Json;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Folders;

/// <summary>Who writes into a run's folder: the content of <c>writer.json</c>, beside the lock that the process holds.</summary>
/// <remarks>The lock decides, where locks reach; the identity gives a refusal its words, and tells where locks do not reach.</remarks>
public sealed record WriterIdentity
{
    /// <summary>Format of this document.</summary>
    public string Schema { get; init; } = "mm/writer/v1";

    /// <summary>The machine's or container's name.</summary>
    public required string Host { get; init; }

    /// <summary>The operating system's own name for this start of it; empty where it has none. Locks reach all processes of one.</summary>
    public string Boot { get; init; } = "";

    /// <summary>The process, as its own PID namespace counts.</summary>
    public required int Pid { get; init; }

    /// <summary>The PID namespace; empty where there are none.</summary>
    public string PidNamespace { get; init; } = "";

    /// <summary>When the process began to write there, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The silo's name; empty for a process that trains alone.</summary>
    public string Silo { get; init; } = "";

    /// <summary>The cluster whose silos may take a run over from each other; null for a process that trains alone.</summary>
    public string? Cluster { get; init; }

    /// <summary>Tells two of them apart that agree in all else.</summary>
    public required string Instance { get; init; }

    /// <summary>Counts up every <see cref="BeatEvery"/>: who sees it change knows that the writer lives, whatever the clocks say.</summary>
    public long Beat { get; init; }

    /// <summary>Whether it holds the lock; a silo of a cluster goes on without while a frozen one of the same cluster still has it.</summary>
    public bool HasLock { get; init; } = true;

    /// <summary>How often <see cref="Beat"/> changes.</summary>
    public static TimeSpan BeatEvery { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Of this process.</summary>
    /// <param name="now">The time.</param>
    /// <param name="silo">The silo's name; empty for a process that trains alone.</param>
    /// <param name="cluster">Its cluster; null for a process that trains alone.</param>
    public static WriterIdentity OfThisProcess(
        DateTimeOffset now,
        string silo = "",
        string? cluster = null
    ) =>
        new()
        {
            Host = Environment.MachineName,
            Boot = BootOfThisMachine,
            Pid = Environment.ProcessId,
            PidNamespace = NamespaceOfThisProcess,
            Since = now,
            Silo = silo,
            Cluster = cluster,
            Instance = Guid.NewGuid().ToString("N"),
        };

    /// <summary>The identity in a file; null when there is no readable one.</summary>
    public static WriterIdentity? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<WriterIdentity>(File.ReadAllBytes(path), RecordJson.Options);
        }
        catch (Exception fault) when (fault is JsonException || StorageFault.Is(fault))
        {
            return null;
        }
    }

    /// <summary>Replaces the file whole. It says what is so now, so it need not survive a loss of power.</summary>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public void Write(string path)
    {
        var temporary = $"{path}.{Instance}.writing";
        try
        {
            File.WriteAllBytes(
                temporary,
                JsonSerializer.SerializeToUtf8Bytes(this, RunFolderJson.Default.WriterIdentity)
            );
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            TryDelete(temporary);
            throw StorageFault.CannotWrite(path, fault);
        }
    }

    /// <summary>Whether the same start of the same operating system runs both, so that a lock of one reaches the other.</summary>
    public bool SharesLocksWith(WriterIdentity other) =>
        Boot == other.Boot && (Boot.Length > 0 || Host == other.Host);

    /// <summary>Such as <c>process 123 on gpu-1 since 2026-11-29 17:05:00 UTC</c>.</summary>
    /// <param name="reader">Who reads it: a process number of another PID namespace means nothing there.</param>
    public string Words(WriterIdentity reader)
    {
        var process =
            $"process {Pid}{(SharesLocksWith(reader) && PidNamespace != reader.PidNamespace ? " of another container or PID namespace" : "")}";
        var who = Silo.Length > 0 ? $"silo {Silo} ({process})" : process;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{who} on {Host} since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"
        );
    }

    private static string BootOfThisMachine { get; } = FirstLine("/proc/sys/kernel/random/boot_id");

    private static string NamespaceOfThisProcess { get; } =
        OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget ?? "" : "";

    private static string FirstLine(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return ""; // a sandbox without /proc: the host's name has to do
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            // The disk refuses more than the one write; what it says of the first is told.
        }
    }
}
