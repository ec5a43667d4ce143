using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Makes states durable: all of a checkpoint appears under its name, or nothing.</summary>
/// <param name="folder">A run's <c>checkpoints</c> folder; made when missing.</param>
/// <param name="writer">Who writes, such as <c>silo-1/t0</c>.</param>
/// <param name="term">Term of the lease it writes under; null without one.</param>
/// <param name="clock">For the manifest's time.</param>
public sealed class CheckpointWriter(string folder, string writer, long? term, TimeProvider clock)
{
    private static readonly string LifeOfThisProcess = Guid.NewGuid().ToString("N")[..8];

    /// <summary>Tells processes apart that have the same writer: one may have stood still while the next one took its name.</summary>
    internal string Life { get; init; } = LifeOfThisProcess;

    /// <summary>Where a checkpoint is filled before it gets its name. No two writers that may write at once have the same.</summary>
    internal string TemporaryOf(string name) =>
        Path.Combine(
            folder,
            $"{CheckpointFiles.TemporaryPrefix}{name}-{writer.Replace('/', '_').Replace('\\', '_')}-{term ?? 0}-{Life}"
        );

    /// <summary>Writes to a temporary folder, flushes every file, writes the manifest last, and renames.</summary>
    /// <remarks>
    /// Repeating the call is safe. Renaming never replaces: an intact checkpoint of that name with the same state is left and counts as
    /// written, which takes no space; a damaged one is set aside.
    /// </remarks>
    /// <exception cref="FaultException">
    /// MM5003: the disk refuses. MM4004: an intact checkpoint of that name holds another state.
    /// </exception>
    public CheckpointReceipt Write(Checkpoint checkpoint)
    {
        var path = Path.Combine(folder, checkpoint.Name);
        try
        {
            if (IsThere(path, checkpoint) is { } there)
                return Receipt(path, there, wasThere: true, setAside: null);
            var temporary = Fill(checkpoint, out var manifest);
            return Publish(temporary, path, manifest);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(path, fault);
        }
    }

    /// <summary>The manifest of an intact checkpoint of that name with the same state; null where it is to be written.</summary>
    private static CheckpointManifest? IsThere(string path, Checkpoint checkpoint)
    {
        if (!Directory.Exists(path))
            return null;
        var entry = new CheckpointEntry(path);
        return
            entry.LooksWhole()
            && entry.Manifest!.StateSha256 == checkpoint.StateSha256()
            && entry.Damage() is null
            ? entry.Manifest
            : null;
    }

    private string Fill(Checkpoint checkpoint, out CheckpointManifest manifest)
    {
        var temporary = TemporaryOf(checkpoint.Name);
        if (Directory.Exists(temporary))
        {
            // Left by an earlier attempt of this very writer; those of processes that were killed are pruned after an hour.
            Directory.Delete(temporary, recursive: true);
        }

        Directory.CreateDirectory(temporary);
        try
        {
            manifest = Manifest(checkpoint, WriteContent(temporary, checkpoint));
            var sealedText = ManifestSeal.Write(manifest);
            CheckpointFiles.Write(temporary, CheckpointFiles.Manifest, stream => stream.Write(sealedText));
            return temporary;
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    private static CheckpointFile[] WriteContent(string temporary, Checkpoint checkpoint)
    {
        var metadata = new Dictionary<string, string>
        {
            ["run"] = checkpoint.RunId,
            ["round"] = checkpoint.Progress.Round.ToString(),
        };
        var progress = JsonSerializer.SerializeToUtf8Bytes(
            checkpoint.Progress,
            CheckpointJson.Default.CheckpointProgress
        );
        return
        [
            CheckpointFiles.Write(
                temporary,
                CheckpointFiles.Model,
                stream => Safetensors.Write(stream, StateTensors.Model(checkpoint), metadata)
            ),
            CheckpointFiles.Write(
                temporary,
                CheckpointFiles.Optimiser,
                stream => Safetensors.Write(stream, StateTensors.Optimiser(checkpoint), metadata)
            ),
            CheckpointFiles.Write(temporary, CheckpointFiles.State, stream => stream.Write(progress)),
        ];
    }

    private CheckpointManifest Manifest(Checkpoint checkpoint, CheckpointFile[] files)
    {
        using var specification = JsonDocument.Parse(checkpoint.Specification);
        return new CheckpointManifest
        {
            Run = checkpoint.RunId,
            Epoch = checkpoint.Progress.Epoch,
            Round = checkpoint.Progress.Round,
            RoundOfEpoch = checkpoint.Progress.RoundOfEpoch,
            Parents = checkpoint.Parents,
            Written = clock.GetUtcNow(),
            Writer = term is null ? writer : $"{writer}, term {term}",
            StateSha256 = checkpoint.StateSha256(),
            WeightsSha256 = new InitialWeights(StateTensors.Model(checkpoint)).Sha256,
            SpecificationSha256 = Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(checkpoint.Specification))
            ),
            DataManifestHash = checkpoint.DataManifestHash,
            ClassCounts = checkpoint.Progress.ClassCounts,
            Specification = specification.RootElement.Clone(),
            Files = files,
            Seal = "",
        };
    }

    private static CheckpointReceipt Publish(string temporary, string path, CheckpointManifest manifest)
    {
        if (Move(temporary, path, out var setAside) is not { } present)
            return Receipt(path, manifest, wasThere: false, setAside);
        TryDelete(temporary);
        return present.StateSha256 == manifest.StateSha256
            ? Receipt(path, present, wasThere: true, setAside)
            : throw Disagrees(path, present, manifest);
    }

    /// <summary>Gives a whole checkpoint its name; an intact one of that name stays, a damaged one is set aside.</summary>
    /// <param name="temporary">The folder to rename; it stays where an intact one was there.</param>
    /// <param name="path">Its name.</param>
    /// <param name="setAside">Where a damaged one lies now; null when there was none.</param>
    /// <returns>The manifest of the intact one that was there; null when the folder was renamed.</returns>
    internal static CheckpointManifest? Move(string temporary, string path, out string? setAside)
    {
        setAside = null;
        while (true)
        {
            try
            {
                // The operating system refuses to rename a folder over one that holds files, also when two writers race here.
                // Its files' names, and then its own: older checkpoints are pruned once this one is there.
                FolderFlush.Of(temporary);
                Directory.Move(temporary, path);
                FolderFlush.Of(Path.GetDirectoryName(Path.GetFullPath(path))!);
                return null;
            }
            catch (IOException) when (Directory.Exists(path) && Directory.Exists(temporary))
            {
                var present = new CheckpointEntry(path);
                if (present.Damage() is null)
                    return present.Manifest;
                setAside = SetAside(path);
            }
        }
    }

    private static string SetAside(string path)
    {
        for (var number = 1; ; number++)
        {
            var aside = $"{path}{CheckpointFiles.SetAsideInfix}{number}";
            if (!Path.Exists(aside))
            {
                Directory.Move(path, aside);
                return aside;
            }
        }
    }

    private static CheckpointReceipt Receipt(
        string path,
        CheckpointManifest manifest,
        bool wasThere,
        string? setAside
    ) => new(Path.GetFileName(path), path, manifest.Bytes(), manifest.StateSha256, wasThere, setAside);

    internal static FaultException Disagrees(
        string path,
        CheckpointManifest present,
        CheckpointManifest mine
    ) =>
        new(
            "MM4004",
            $"{path} holds state {present.StateSha256[..12]} of round {present.Round}, written by {present.Writer}; "
                + $"{mine.Writer} computed {mine.StateSha256[..12]} for it, so one of them is wrong",
            "resume from an older checkpoint; if it happens again in strict mode, check the machine's memory"
        );

    private static void TryDelete(string temporary)
    {
        try
        {
            Directory.Delete(temporary, recursive: true);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            // The name says what it is; pruning removes it later.
        }
    }
}
