using System.Buffers;
using System.Text;
using System.Text.Json;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>A checkpoint folder as it lies there, intact or not; reads no more than it is asked for.</summary>
public sealed class CheckpointEntry
{
    private readonly Lazy<CheckpointManifest?> _manifest;
    private bool _checked;
    private string? _damage;

    /// <param name="path">The folder.</param>
    public CheckpointEntry(string path)
    {
        Path = path;
        _manifest = new Lazy<CheckpointManifest?>(ReadManifest);
    }

    /// <summary>Such as <c>epoch-0170</c>.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What it says about itself; null when that cannot be read or was changed.</summary>
    public CheckpointManifest? Manifest => _manifest.Value;

    /// <summary>Whether the manifest is sound and every file has its size; the content is not read.</summary>
    public bool LooksWhole() =>
        Manifest is { } manifest && manifest.Files.All(file => SizeOf(file) == file.Bytes);

    /// <summary>Reads everything once and compares the hashes.</summary>
    /// <returns>Null when intact; otherwise what is wrong, beginning with the file's name.</returns>
    public string? Damage()
    {
        if (!_checked)
        {
            _damage = Inspect();
            _checked = true;
        }

        return _damage;
    }

    /// <summary>Compares every hash; nothing when intact.</summary>
    /// <exception cref="FaultException">MM5001, naming the file.</exception>
    public void Verify()
    {
        if (Damage() is { } damage)
        {
            throw Damaged(damage);
        }
    }

    /// <summary>Reads the state for a network of the given layout.</summary>
    /// <remarks>Every file's hash and the state's own are compared on the way.</remarks>
    /// <exception cref="FaultException">MM5001: damaged. MM5002: sound, but made for another network.</exception>
    public Checkpoint Load(StateLayout layout)
    {
        Verify();
        var manifest = Manifest!;
        try
        {
            var model = Safetensors.Read(PathOf(CheckpointFiles.Model));
            var optimiser = Safetensors.Read(PathOf(CheckpointFiles.Optimiser));
            var checkpoint = new Checkpoint
            {
                RunId = manifest.Run,
                Progress = Progress(),
                Layout = layout,
                Parameters = Gather(model, layout, StateKind.Parameter, CheckpointFiles.Model),
                Buffers = Gather(model, layout, StateKind.Buffer, CheckpointFiles.Model),
                Momentum = Gather(optimiser, layout, StateKind.Parameter, CheckpointFiles.Optimiser),
                Specification = SpecificationText(manifest),
                DataManifestHash = manifest.DataManifestHash,
                Parents = manifest.Parents,
            };
            return checkpoint.StateSha256() == manifest.StateSha256
                ? checkpoint
                : throw Damaged($"{CheckpointFiles.Manifest}: state_sha256 does not belong to the tensors");
        }
        catch (Exception fault)
            when (fault is InvalidDataException or JsonException || StorageFault.Is(fault))
        {
            throw Damaged(fault.Message.TrimEnd('.'), fault);
        }
    }

    /// <summary>Reads parameters and buffers by name, in model order; every hash is compared first.</summary>
    /// <exception cref="FaultException">MM5001: damaged.</exception>
    public IReadOnlyList<NamedTensor> ReadModel()
    {
        Verify();
        try
        {
            return Safetensors.Read(PathOf(CheckpointFiles.Model));
        }
        catch (Exception fault) when (fault is InvalidDataException || StorageFault.Is(fault))
        {
            throw Damaged(fault.Message.TrimEnd('.'), fault);
        }
    }

    private float[] Gather(
        IReadOnlyList<NamedTensor> tensors,
        StateLayout layout,
        StateKind kind,
        string file
    )
    {
        try
        {
            return StateTensors.Gather(tensors, layout, kind, file);
        }
        catch (InvalidDataException fault)
        {
            throw new FaultException(
                "MM5002",
                $"checkpoint {Name} does not fit this network: {fault.Message}",
                "set model.arch and dataset.name to those that 'mm show RUN --config' prints for the checkpoint's run",
                fault
            );
        }
    }

    private static string SpecificationText(CheckpointManifest manifest)
    {
        // The manifest is indented; the canonical text is not.
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            manifest.Specification.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private CheckpointProgress Progress() =>
        JsonSerializer.Deserialize(
            File.ReadAllBytes(PathOf(CheckpointFiles.State)),
            CheckpointJson.Default.CheckpointProgress
        ) ?? throw new InvalidDataException($"{CheckpointFiles.State} holds the JSON word null");

    private string? Inspect()
    {
        if (!File.Exists(PathOf(CheckpointFiles.Manifest)))
        {
            return $"{CheckpointFiles.Manifest}: missing";
        }

        if (Manifest is not { } manifest)
        {
            return $"{CheckpointFiles.Manifest}: SHA-256 differs from its seal, or it is not a manifest";
        }

        foreach (var file in manifest.Files)
        {
            try
            {
                if (SizeOf(file) is not { } size)
                {
                    return $"{file.Name}: missing";
                }

                if (size != file.Bytes)
                {
                    return $"{file.Name}: {size} bytes, wanted {file.Bytes}";
                }

                if (CheckpointFiles.Sha256(PathOf(file.Name)) != file.Sha256)
                {
                    return $"{file.Name}: SHA-256 differs";
                }
            }
            catch (Exception fault) when (StorageFault.Is(fault))
            {
                return $"{file.Name}: {fault.Message.TrimEnd('.')}";
            }
        }

        return null;
    }

    private CheckpointManifest? ReadManifest()
    {
        try
        {
            var manifest = ManifestSeal.Read(File.ReadAllBytes(PathOf(CheckpointFiles.Manifest)));
            // A name that leads out of the folder is not ours.
            return
                manifest is not null
                && manifest.Files.All(file => file.Name == System.IO.Path.GetFileName(file.Name))
                ? manifest
                : null;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return null;
        }
    }

    private long? SizeOf(CheckpointFile file)
    {
        var info = new FileInfo(PathOf(file.Name));
        return info.Exists ? info.Length : null;
    }

    private string PathOf(string file) => System.IO.Path.Combine(Path, file);

    private FaultException Damaged(string damage, Exception? inner = null) =>
        new(
            "MM5001",
            $"checkpoint {Name} is damaged: {damage}",
            "go on from an older one: 'mm checkpoints verify RUN' shows which are intact, then 'mm resume RUN --from NAME'",
            inner
        );
}
