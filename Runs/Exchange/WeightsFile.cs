using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Runs.Exchange;

/// <summary>Reads the weights that a run begins with.</summary>
public static class WeightsFile
{
    /// <summary>Endings of the files that can be read.</summary>
    public static IReadOnlyList<string> Formats { get; } =
    [.. ModelFormat.All.Where(format => format.Read is not null).SelectMany(format => format.Extensions)];

    /// <summary>Those of a model file, or of a checkpoint's folder.</summary>
    /// <exception cref="FaultException">MM5001: missing, damaged, or of no known format.</exception>
    public static InitialWeights Read(string path)
    {
        if (Directory.Exists(path))
        {
            var checkpoint = new CheckpointEntry(path);
            checkpoint.Verify();
            path = Path.Combine(path, CheckpointFiles.Model);
        }

        try
        {
            if (ModelFormat.OfFile(path) is not { Read: { } read })
                throw new InvalidDataException(
                    $"{Path.GetFileName(path)} does not end in {string.Join(" or ", Formats)}"
                );
            var file = PublishedState.Of(read(path));
            return new InitialWeights(file.Tensors) { LeftOut = file.LeftOut };
        }
        catch (Exception fault) when (fault is InvalidDataException || StorageFault.Is(fault))
        {
            throw new FaultException(
                "MM5001",
                $"initial weights cannot be read from {path}: {fault.Message.TrimEnd('.')}",
                "give model.init_from a run, a RUN@CHECKPOINT, a checkpoint's folder or a model file that is whole",
                fault
            );
        }
    }
}
