using System.Security.Cryptography;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Exchange;

/// <summary>Writes and reads models as files that other programs read and write too, with a <see cref="ModelCard"/> beside them.</summary>
/// <remarks>Needs no tensor library.</remarks>
public static class ModelFile
{
    private const string Flag = "--output";

    /// <summary>Writes a model and its card, each whole or not at all; other files in the folder stay usable, of whatever state they are.</summary>
    /// <param name="path">The file; its folder is made if it is missing.</param>
    /// <param name="format">In which format, whatever the name ends with.</param>
    /// <param name="model">The model.</param>
    /// <returns>The card as it was written, and that of the file that was replaced.</returns>
    /// <exception cref="FaultException">MM5002: the format cannot say what the network computes. MM5003: the disk refuses, or the card's name is taken.</exception>
    public static WrittenModel Write(string path, ModelFormat format, StoredModel model)
    {
        var folder = Path.GetDirectoryName(path)!;
        var cardPath = Path.Combine(folder, ModelCard.FileName);
        var present = Present(cardPath);
        var (name, own) = (Path.GetFileName(path), OwnCard(path));
        var before = Present(own); // before anything is written: another program's file of that name is not replaced
        var replaced = File.Exists(path)
            ? ((ModelCard?[])[before, present]).FirstOrDefault(card => EntryOf(card, name) is not null)
            : null;
        using var content = new MemoryStream();
        format.Write(content, model);
        var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        var file = new ModelCardFile(
            name,
            format.Name,
            bytes.Length,
            Convert.ToHexStringLower(SHA256.HashData(bytes))
        );
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(folder, fault, Flag);
        }

        var isOfOneState = present?.StateSha256 == model.Card.StateSha256;
        var others = present is null ? [] : present.Files.Where(other => other.Name != name).ToList();
        // A card describes one state. Files of the state before get cards of their own, before theirs is replaced.
        foreach (var other in isOfOneState ? [] : others)
        {
            var left = Path.Combine(folder, other.Name);
            if (File.Exists(left) && Present(OwnCard(left)) is null)
                AtomicFile.Write(OwnCard(left), (present! with { Files = [other] }).ToJson(), key: Flag);
        }

        var card = model.Card with { Files = [.. isOfOneState ? others : [], file] };
        AtomicFile.Write(path, bytes, key: Flag);
        AtomicFile.Write(cardPath, card.ToJson(), key: Flag);
        if (before is not null)
            File.Delete(own); // of the file that was there before
        return new(card, replaced);
    }

    /// <summary>Reads a model with its card, and compares the file's hash with the card's.</summary>
    /// <exception cref="FaultException">
    /// MM1007: there is no such file. MM5001: it, or the card, is damaged. MM5002: it is of a format that is not read, or has no card.
    /// </exception>
    public static StoredModel Read(string path)
    {
        var format = Readable(path);
        var name = Path.GetFileName(path);
        var shared = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, ModelCard.FileName);
        var common = ModelCard.Read(shared);
        List<ModelCard> cards =
        [
            .. (
                (ModelCard?[])[OwnCardOf(path, isNeeded: EntryOf(common, name) is null), common]
            ).OfType<ModelCard>(),
        ];
        if (cards.Count == 0)
            throw new FaultException(
                "MM5002",
                $"{path} has no {ModelCard.FileName} beside it, which says what network and which classes it is",
                $"put the {ModelCard.FileName} there that was written with it, or name a run with the same network and classes: --like RUN"
            );
        var entries = cards.Where(card => EntryOf(card, name) is not null).ToList();
        if (entries.Count == 0)
            throw new FaultException(
                "MM5002",
                $"the {ModelCard.FileName} beside {path} describes {(cards[^1].Files.Count == 0 ? "no file" : string.Join(", ", cards[^1].Files.Select(file => file.Name)))}, not {name}",
                "give the file the name that it was exported under, export the model again, or name a run with the same network and classes: --like RUN"
            );
        var hash = CheckpointFiles.Sha256(path);
        // Two cards know the file where one was exported over it and the machine stopped before the old card was gone.
        var card =
            entries.FirstOrDefault(entry => EntryOf(entry, name)!.Sha256 == hash)
            ?? throw Damaged(
                path,
                $"SHA-256 differs: {hash[..12]}… where {ModelCard.FileName} says {EntryOf(entries[0], name)!.Sha256[..Math.Min(12, EntryOf(entries[0], name)!.Sha256.Length)]}…"
            );
        var (tensors, leftOut) = Tensors(path, format);
        return new(card, tensors) { LeftOut = leftOut };
    }

    /// <summary>Reads the tensors of a file that has no card, such as a checkpoint of published code, as a model like another one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="like">Has the same network, classes and images.</param>
    /// <exception cref="FaultException">MM1007: there is no such file. MM5001: it is damaged. MM5002: it is of a format that is not read.</exception>
    public static StoredModel ReadLike(string path, ModelCard like)
    {
        var (tensors, leftOut) = Tensors(path, Readable(path));
        return new(
            like with
            {
                Run = $"a network like {like.Run}",
                Checkpoint = Path.GetFileName(path),
                Epoch = 0,
                Round = 0,
                Metrics = new Dictionary<string, double>(),
                StateSha256 = new InitialWeights(tensors.Values).Sha256,
                Files = [],
            },
            tensors
        )
        {
            LeftOut = leftOut,
        };
    }

    /// <summary>The file that a folder of exported models means: the first of its card that is there and can be read.</summary>
    /// <returns>Its path; null where the folder has no card.</returns>
    /// <exception cref="FaultException">MM5001: the card is damaged. MM5002: none of its files can be read.</exception>
    public static string? OfFolder(string folder)
    {
        if (ModelCard.Read(Path.Combine(folder, ModelCard.FileName)) is not { } card)
            return null;
        return card.Files.Select(file => Path.Combine(folder, file.Name))
                .FirstOrDefault(path => ModelFormat.OfFile(path)?.Read is not null && File.Exists(path))
            ?? throw new FaultException(
                "MM5002",
                $"{folder} holds {(card.Files.Count == 0 ? "no model file" : string.Join(", ", card.Files.Select(file => file.Name)))}, of which none is there to be read",
                "export the model there once more: mm export RUN --format safetensors --output DIR"
            );
    }

    /// <summary>Reads only the tensors of a file that may have no card, such as one that another program wrote.</summary>
    /// <returns>By name, in the file's order.</returns>
    /// <exception cref="FaultException">MM1007: there is no such file. MM5001: it is damaged or holds more than tensors. MM5002: it is of a format that is not read.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> ReadTensors(string path) =>
        Tensors(path, Readable(path)).Tensors;

    /// <summary>Whether a path looks like a model file rather than a run or a folder.</summary>
    public static bool IsName(string path) => ModelFormat.OfFile(path) is not null;

    private static (OrderedDictionary<string, NamedTensor> Tensors, IReadOnlyList<string> LeftOut) Tensors(
        string path,
        ModelFormat format
    )
    {
        try
        {
            var file = PublishedState.Of(format.Read!(path));
            var tensors = new OrderedDictionary<string, NamedTensor>(StringComparer.Ordinal);
            foreach (var tensor in file.Tensors)
            {
                tensors.Add(tensor.Name, tensor);
            }

            return (tensors, file.LeftOut);
        }
        catch (Exception fault) when (fault is InvalidDataException || StorageFault.Is(fault))
        {
            throw Damaged(path, fault.Message.TrimEnd('.'), fault);
        }
    }

    private static ModelFormat Readable(string path)
    {
        if (!File.Exists(path))
        {
            throw new FaultException(
                "MM1007",
                $"there is no file '{path}'",
                "look at the path; mm export RUN --format safetensors writes one"
            );
        }

        var readable = ModelFormat.All.Where(format => format.Read is not null).ToList();
        return ModelFormat.OfFile(path) switch
        {
            { Read: not null } format => format,
            { } written => throw new FaultException(
                "MM5002",
                $"{path} is an {written.Name} file, which is written for other programs and not read",
                $"use a file of the format {string.Join(", ", readable.Select(format => format.Name))}"
            ),
            null => throw new FaultException(
                "MM5002",
                $"{path} is not a model file by its name",
                $"its name has to end with {string.Join(", ", readable.SelectMany(format => format.Extensions))}"
            ),
        };
    }

    private static string OwnCard(string path) => $"{path}.json";

    // Other programs write files of that name, too.
    private static ModelCard? OwnCardOf(string path, bool isNeeded)
    {
        try
        {
            return ModelCard.Read(OwnCard(path));
        }
        catch (FaultException) when (!isNeeded)
        {
            return null;
        }
    }

    private static ModelCardFile? EntryOf(ModelCard? card, string name) =>
        card?.Files.FirstOrDefault(file => file.Name == name);

    // Another program's model.json is not ours to replace.
    private static ModelCard? Present(string path)
    {
        try
        {
            return ModelCard.Read(path);
        }
        catch (FaultException fault)
        {
            throw new FaultException(
                "MM5003",
                $"cannot write {path}: a file of that name is there, and it is not a model's card of ours",
                "choose another folder with --output",
                fault
            );
        }
    }

    private static FaultException Damaged(string path, string damage, Exception? inner = null) =>
        new(
            "MM5001",
            $"{path} cannot be used: {damage}",
            "copy or export it again: mm export RUN --format FORMAT",
            inner
        );
}
