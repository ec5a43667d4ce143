using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.DataShards;

/// <summary>A run's images in this silo's memory: the training images that the imbalance keeps, and the test set.</summary>
internal sealed class TrainingData
{
    private readonly Dataset _dataset; // held whole: the cache keeps it no longer than its users do

    /// <param name="dataset">The data set.</param>
    /// <param name="subset">Index in its files of every training image.</param>
    /// <param name="counts">Training images by class.</param>
    /// <param name="heldOut">Index of every held-out image.</param>
    public TrainingData(Dataset dataset, int[] subset, ClassCounts counts, int[] heldOut)
    {
        (_dataset, Counts) = (dataset, counts);
        (Subset, HeldOut) = ([.. subset, .. heldOut], heldOut.Length);
        Labels = [.. subset.Select(i => (int)dataset.Train.Labels[i])];
    }

    /// <summary>Hash of the data's manifest.</summary>
    public string ManifestHash => _dataset.ManifestHash;

    /// <summary>What a user's own files were found to hold.</summary>
    public ImageInventory Inventory => _dataset.Inventory;

    /// <summary>Training images by class.</summary>
    public ClassCounts Counts { get; }

    /// <summary>Training images by class before the imbalance.</summary>
    public ImmutableArray<int> Available
    {
        get
        {
            var counts = new int[_dataset.Train.Classes];
            foreach (var label in _dataset.Train.Labels)
                counts[label]++;
            return [.. counts];
        }
    }

    /// <summary>Index in the data set's files of every training position, and of the held-out positions after them.</summary>
    public int[] Subset { get; }

    /// <summary>Held-out positions; no sampler of training images draws them.</summary>
    public int HeldOut { get; }

    /// <summary>Class of every training position.</summary>
    public int[] Labels { get; }

    /// <summary>The balanced test set.</summary>
    public ImageSet Test => _dataset.Test;

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string> ClassNames => _dataset.Train.ClassNames;

    /// <summary>Width and height of an image.</summary>
    public (int Width, int Height) Size => (_dataset.Train.Width, _dataset.Train.Height);

    /// <summary>What the steps of a run draw of these images.</summary>
    public RunDraws DrawsOf(RunSpecification specification) => new(specification, Labels, HeldOut);

    /// <summary>Positions of a split.</summary>
    public int Count(bool train) => train ? Subset.Length : Test.Count;

    /// <summary>Index in the files, class and bytes of the image at a position.</summary>
    public (int SampleId, int Label, ReadOnlyMemory<byte> Pixels) At(bool train, int position)
    {
        var (set, index) = train ? (_dataset.Train, Subset[position]) : (Test, position);
        return (index, set.Labels[index], set.Image(index));
    }

    /// <summary>The images at some positions of a split, in that order. The caller disposes it.</summary>
    public ImageBlock Read(bool train, ImmutableArray<int> positions)
    {
        var image = 3 * Size.Width * Size.Height;
        var ids = ImmutableArray.CreateBuilder<int>(positions.Length);
        var labels = ImmutableArray.CreateBuilder<int>(positions.Length);
        var chunk = VectorChunk.Rent(positions.Length * image, out var bytes);
        for (var i = 0; i < positions.Length; i++)
        {
            var (id, label, pixels) = At(train, positions[i]);
            ids.Add(id);
            labels.Add(label);
            pixels.Span.CopyTo(bytes[(i * image)..]);
        }

        return new(ids.MoveToImmutable(), labels.MoveToImmutable(), chunk);
    }
}
