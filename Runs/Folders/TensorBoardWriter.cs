using System.Globalization;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Folders;

/// <summary>Writes scalars that TensorBoard shows, without its library: framed records of protocol-buffer events.</summary>
/// <remarks>
/// Tags are those of <see cref="MetricTable"/>, named as in published code. A step is a completed epoch.
/// </remarks>
public sealed class TensorBoardWriter : IDisposable
{
    private const string Pattern = "events.out.tfevents.*";

    // Losses, accuracies, the rest.
    private static readonly IReadOnlyList<(string Tag, Metric Metric)> Tags =
    [
        .. MetricTable
            .All.Where(metric => metric.TensorBoard is not null)
            .Select(metric => (Tag: metric.TensorBoard!, metric))
            .OrderBy(tag =>
                tag.Tag.Split('/')[0] switch
                {
                    "loss" => 0,
                    "acc" => 1,
                    _ => 2,
                }
            ),
    ];

    private readonly TimeProvider _clock;
    private readonly FileStream _file;

    /// <summary>Begins a new file.</summary>
    /// <param name="folder">Made when missing.</param>
    /// <param name="host">Last part of the file's name.</param>
    /// <param name="firstStep">The step that follows; TensorBoard drops what older files hold from it on.</param>
    /// <param name="clock">For the events' times.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public TensorBoardWriter(string folder, string host, long firstStep, TimeProvider clock)
    {
        _clock = clock;
        try
        {
            Directory.CreateDirectory(folder);
            var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
            _file = new FileStream(
                NewPath(folder, seconds, host),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.Read,
                WholeAppend.NoBuffer
            );
            Write(TensorBoardEvent.Version(Now()));
            Write(TensorBoardEvent.SessionStart(Now(), firstStep));
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            _file?.Dispose();
            throw StorageFault.CannotWrite(folder, fault);
        }
    }

    /// <summary>Adds an epoch's numbers; what was not evaluated is left out.</summary>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public void Write(EpochResult row)
    {
        try
        {
            Write(
                TensorBoardEvent.Scalars(
                    Now(),
                    row.Epoch,
                    [.. Tags.Select(tag => (tag.Tag, row[tag.Metric]))]
                )
            );
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(_file.Name, fault);
        }
    }

    /// <summary>Removes the steps after the given one from all files of a folder. No writer may be open.</summary>
    /// <param name="folder">It may be missing.</param>
    /// <param name="step">Completed epochs that stay.</param>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static void CutAfter(string folder, long step)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.GetFiles(folder, Pattern))
        {
            var bytes = File.ReadAllBytes(path);
            using var kept = new MemoryStream();
            foreach (var (record, frame) in TensorBoardEvent.Records(bytes))
            {
                if (TensorBoardEvent.StepOf(bytes[record]) <= step)
                {
                    kept.Write(bytes[frame]);
                }
            }

            if (kept.Length != bytes.Length)
            {
                AtomicFile.Write(path, kept.ToArray());
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string NewPath(string folder, long seconds, string host)
    {
        // TensorBoard reads the files of a folder in the order of their names.
        for (var number = 0; ; number++)
        {
            var path = Path.Combine(
                folder,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"events.out.tfevents.{seconds:D10}.{host}.{number}"
                )
            );
            if (!File.Exists(path))
            {
                return path;
            }
        }
    }

    private double Now() => (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    private void Write(byte[] record) => WholeAppend.To(_file, TensorBoardEvent.Frame(record));
}
