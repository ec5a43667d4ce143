using System.Numerics;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Randomness;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Datasets;

/// <summary>Makes a network's input of a stored image.</summary>
/// <remarks>
/// Training: pad with black pixels, or with the image's own reflected at its edges, crop at a random offset, flip with probability ½, divide by 255, subtract the mean, divide by the
/// deviation. Testing: the last three only. Padding comes before normalisation, so padded pixels become −mean/deviation. Offsets and
/// flip are a function of (seed, epoch, sample, draw).
/// </remarks>
public sealed class Augmentation
{
    /// <summary>What <see cref="DatasetSpecification.Padding"/> says where the image goes on as its reflection.</summary>
    public const string Reflect = "reflect";

    private readonly DatasetSpecification _dataset;
    private readonly long _seed;
    private readonly int _width;
    private readonly int _height;
    private readonly float[] _table; // [3, 256]: a byte's value in each channel

    /// <param name="specification">The run.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public Augmentation(RunSpecification specification, int width, int height)
    {
        (_dataset, _seed, _width, _height) = (specification.Dataset, specification.Seed, width, height);
        _table = Table<float>(_dataset.Mean, _dataset.StandardDeviation);
    }

    /// <summary>A training image.</summary>
    /// <param name="image">Planes of red, green and blue.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="sampleId">Index of the image in the data set's files.</param>
    /// <param name="draw">Draw of the epoch.</param>
    /// <param name="target">[height, width, 3] float32, normalised.</param>
    public void Train(ReadOnlySpan<byte> image, int epoch, long sampleId, long draw, Span<float> target)
    {
        var random = new KeyedRandom(_seed, RandomPurpose.Augmentation, epoch, sampleId, draw);
        var offsets = (2 * _dataset.CropPadding) + 1;
        var (top, left) = (random.NextInt(offsets), random.NextInt(offsets));
        var flip = _dataset.Flip && random.NextInt(2) == 1;
        Place(
            image,
            _width,
            _height,
            _dataset.CropPadding,
            top,
            left,
            flip,
            _table,
            target,
            _dataset.Padding == Reflect
        );
    }

    /// <summary>A test image.</summary>
    /// <param name="image">Planes of red, green and blue.</param>
    /// <param name="target">[height, width, 3] float32, normalised.</param>
    public void Test(ReadOnlySpan<byte> image, Span<float> target) =>
        Place(image, _width, _height, 0, 0, 0, false, _table, target);

    /// <summary>Value of every byte in every channel: (b / 255 − mean) / deviation, [3 · 256].</summary>
    internal static T[] Table<T>(IReadOnlyList<double> mean, IReadOnlyList<double> deviation)
        where T : INumberBase<T>
    {
        var table = new T[3 * 256];
        for (var channel = 0; channel < 3; channel++)
        for (var value = 0; value < 256; value++)
            table[(channel * 256) + value] = T.CreateChecked(
                ((value / 255.0) - mean[channel]) / deviation[channel]
            );
        return table;
    }

    /// <summary>Crops at (top, left) of the padded image, flips, looks values up; [height, width, 3].</summary>
    internal static void Place<T>(
        ReadOnlySpan<byte> image,
        int width,
        int height,
        int padding,
        int top,
        int left,
        bool flip,
        ReadOnlySpan<T> table,
        Span<T> target,
        bool reflects = false
    )
    {
        var at = 0;
        for (var y = 0; y < height; y++)
        {
            var sourceY = Source(y + top - padding, height);
            for (var x = 0; x < width; x++)
            {
                var sourceX = Source((flip ? width - 1 - x : x) + left - padding, width);
                var inside = (uint)sourceX < (uint)width && (uint)sourceY < (uint)height;
                var index = (sourceY * width) + sourceX;
                for (var channel = 0; channel < 3; channel++)
                {
                    var value = inside ? image[(channel * width * height) + index] : 0;
                    target[at++] = table[(channel * 256) + value];
                }
            }
        }

        int Source(int at, int length) => reflects ? Reflected(at, length) : at;
    }

    // The pixel at an edge is not repeated: −1 is 1, and the length is the last but one.
    private static int Reflected(int at, int length)
    {
        if ((uint)at < (uint)length || length == 1)
            return length == 1 ? 0 : at;
        var period = 2 * (length - 1);
        var within = ((at % period) + period) % period;
        return Math.Min(within, period - within);
    }
}
