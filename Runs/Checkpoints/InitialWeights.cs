using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Weights that a run begins with instead of its seed's: a model's tensors by name.</summary>
/// <remarks>
/// A specification names them by their hash, so that a run stays a function of its specification; where they were found is told to people
/// only. The run keeps a copy of its own in its folder, and every trainer that loads it compares the hash.
/// </remarks>
public sealed class InitialWeights
{
    /// <summary>Name of the copy in a run's folder.</summary>
    public const string FileName = "initial.safetensors";

    private readonly Dictionary<string, NamedTensor> _tensors;

    /// <param name="tensors">Of the model, in any order; those of a pre-training head do not count.</param>
    public InitialWeights(IEnumerable<NamedTensor> tensors) =>
        _tensors = tensors
            .Where(tensor => !tensor.Name.StartsWith(RotationHead, StringComparison.Ordinal))
            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);

    private const string RotationHead = "rotation.";

    /// <summary>SHA-256 over name, shape and float32 of every tensor in the order of their names; lower-case hexadecimal.</summary>
    public string Sha256 => field ??= Hash();

    /// <summary>What lay beside the tensors in their file and was not read; see <see cref="FileTensors.LeftOut"/>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The weights when they are those that a specification means.</summary>
    /// <exception cref="FaultException">MM5001: there are none, or they are other ones.</exception>
    public static InitialWeights Require(InitialWeights? weights, ModelSpecification model) =>
        weights?.Sha256 == model.InitFrom!.Sha256
            ? weights
            : throw new FaultException(
                "MM5001",
                weights is null
                    ? "the run begins with weights that were not given, so its numbers would be another run's"
                    : $"the initial weights have SHA-256 {weights.Sha256[..12]}, the run was made for {model.InitFrom.Sha256[..12]}",
                "give model.init_from the weights that the run was made for, or set model.init_sha256 to auto to begin another run with these"
            );

    /// <summary>A tensor by name; null when there is none.</summary>
    public NamedTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Writes them as safetensors, whole or not at all.</summary>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public void Write(string path)
    {
        var temporary = path + ".writing";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                Safetensors.Write(file, [.. InOrder()]);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            throw StorageFault.CannotWrite(path, fault);
        }
    }

    /// <summary>Whether the classifier of a network can be taken from these.</summary>
    public bool HaveClassifier(StateLayout layout) =>
        layout.Entries.Where(entry => entry.Part == StatePart.Classifier).All(Fits);

    /// <summary>Puts them over a network's first values: the backbone whole, the classifier where it is wanted and fits, scales where there are some.</summary>
    /// <param name="model">What is wanted.</param>
    /// <param name="layout">Of the network.</param>
    /// <param name="parameters">[P]; what is not taken stays.</param>
    /// <param name="buffers">[B]; likewise.</param>
    /// <exception cref="FaultException">MM5002: the backbone, or a classifier whose scales alone are trained, does not fit.</exception>
    public void PutInto(
        ModelSpecification model,
        StateLayout layout,
        Span<float> parameters,
        Span<float> buffers
    )
    {
        CheckFit(model, layout);
        var takesClassifier = !model.InitFrom!.FreshClassifier && HaveClassifier(layout);
        foreach (var entry in layout.Entries)
        {
            var takes = entry.Part switch
            {
                StatePart.Backbone => true,
                StatePart.Classifier => takesClassifier,
                StatePart.Scales => takesClassifier && Fits(entry),
                _ => false,
            };
            if (takes)
                _tensors[entry.Name]
                    .Values<float>()
                    .CopyTo((entry.Kind == StateKind.Parameter ? parameters : buffers)[entry.Offset..]);
        }
    }

    /// <summary>Nothing when a network can begin with these.</summary>
    /// <exception cref="FaultException">MM5002, naming the first tensor that does not fit.</exception>
    public void CheckFit(ModelSpecification model, StateLayout layout)
    {
        var backbone = layout.Entries.Where(entry => entry.Part == StatePart.Backbone);
        if (LayoutFit.Misfit(backbone, layout, InOrder()) is { } misfit)
            throw new FaultException(
                "MM5002",
                $"the initial weights do not fit {model.Architecture}: {misfit}",
                "set model.arch to that of the run the weights come from, or give its layers the names that mm export writes"
            );
        if (model.Trains == "scales" && !HaveClassifier(layout))
            throw new FaultException(
                "MM5002",
                $"model.trains is scales, and the initial weights have no {model.Head} classifier of this shape to scale: {Shown("linear.weight")}, {Shown("linear.bias")}",
                "begin with a run whose model.head is plain, or retrain the classifier: --method crt"
            );
    }

    private bool Fits(StateEntry entry) =>
        _tensors.TryGetValue(entry.Name, out var tensor) && LayoutFit.IsLike(tensor, entry);

    private string Shown(string name) =>
        _tensors.TryGetValue(name, out var tensor)
            ? $"{name} as {tensor.Type} [{string.Join(", ", tensor.Shape)}]"
            : $"no {name}";

    private IEnumerable<NamedTensor> InOrder() =>
        _tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal);

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var tensor in InOrder())
        {
            // Lengths first: no two lists of tensors have the same bytes.
            var name = Encoding.UTF8.GetBytes(tensor.Name);
            foreach (var value in (long[])[name.Length, tensor.Shape.Count, .. tensor.Shape])
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, value);
                hash.AppendData(number);
            }

            hash.AppendData(name);
            hash.AppendData(tensor.Data.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
