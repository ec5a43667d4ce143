using System.Security.Cryptography;
using System.Text;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Datasets;

/// <summary>Images made from the seed alone: ten classes, five coarse patterns times two faint details.</summary>
/// <remarks>
/// Class c and class c + 5 share the coarse pattern; all classes below 5 carry one detail, all others the second. An instance is
/// moved by up to two pixels, its contrast changed, and noise added that is far stronger than the detail. Under a long tail each
/// rare class has a frequent double, and what tells it from its double can be learnt from the other rare classes too: a method
/// that minimises the plain error calls a rare image by its double's name, one that weighs the tail need not. The patterns are the same
/// for every seed, so that seeds differ in images and not in how hard the task is; the amplitudes were chosen with plain cross
/// entropy alone. Integer arithmetic throughout: the same bytes on every machine.
/// </remarks>
public static class SyntheticImages
{
    /// <summary>Pixels across and down.</summary>
    public const int Side = 16;

    /// <summary>K.</summary>
    public const int Classes = 10;

    /// <summary>Training images of each class, before any imbalance.</summary>
    public const int TrainPerClass = 500;

    /// <summary>Test images of each class.</summary>
    public const int TestPerClass = 100;

    private const int Margin = 2; // pixels an instance may move
    private const int Field = Side + (2 * Margin);
    private const int CoarseAmplitude = 52;
    private const int DetailAmplitude = 13;
    private const int NoiseAmplitude = 46;

    /// <summary>Its line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition { get; } =
        new("synthetic", "synthetic", source => Generate(source.Seed))
        {
            HasFiles = false,
            Shape = new(
                Side,
                Classes,
                TrainPerClass,
                Classes * TestPerClass,
                [0.5, 0.5, 0.5],
                [0.2, 0.2, 0.2]
            ),
        };

    /// <summary>Both splits.</summary>
    public static Dataset Generate(long seed)
    {
        var patterns = Enumerable.Range(0, Classes).Select(Pattern).ToArray();
        var names = Enumerable
            .Range(0, Classes)
            .Select(c => $"pair {(char)('a' + (c % 5))}{(c / 5) + 1}")
            .ToArray();
        var parameters =
            $"synthetic/2 {seed} {Side} {Classes} {TrainPerClass} {TestPerClass} {Margin} {CoarseAmplitude} {DetailAmplitude} {NoiseAmplitude}";
        return new(
            Split(seed, 0, TrainPerClass, patterns, names),
            Split(seed, 1, TestPerClass, patterns, names),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parameters)))
        );
    }

    private static ImageSet Split(long seed, int split, int perClass, int[][] patterns, string[] names)
    {
        const int ImageBytes = 3 * Side * Side;
        var labels = new byte[Classes * perClass];
        var pixels = new byte[labels.Length * ImageBytes];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = (byte)(i % Classes);
            var random = new KeyedRandom(seed, RandomPurpose.Images, 1 + split, i);
            Instance(ref random, patterns[labels[i]], pixels.AsSpan(i * ImageBytes, ImageBytes));
        }

        return new(Side, Side, names, labels, pixels);
    }

    private static void Instance(ref KeyedRandom random, int[] pattern, Span<byte> image)
    {
        var (dx, dy) = (random.NextInt((2 * Margin) + 1), random.NextInt((2 * Margin) + 1));
        var contrast = 192 + random.NextInt(129); // 256 is 1
        var brightness = random.NextInt(33) - 16;
        for (var channel = 0; channel < 3; channel++)
        for (var y = 0; y < Side; y++)
        for (var x = 0; x < Side; x++)
        {
            // The sum of four uniform numbers is near enough to a normal one.
            var bits = random.NextUInt64();
            var noise =
                (
                    (
                        (int)(bits & 255)
                        + (int)((bits >> 8) & 255)
                        + (int)((bits >> 16) & 255)
                        + (int)((bits >> 24) & 255)
                        - 510
                    ) * NoiseAmplitude
                ) / 256;
            var value = pattern[(((channel * Field) + y + dy) * Field) + x + dx] * contrast / 256;
            image[(((channel * Side) + y) * Side) + x] = (byte)
                Math.Clamp(128 + brightness + value + noise, 0, 255);
        }
    }

    /// <summary>The pair's coarse pattern and its half's detail, [3, Field, Field].</summary>
    private static int[] Pattern(int @class)
    {
        var coarse = Smooth(new KeyedRandom(0, RandomPurpose.Images, 0, 0, @class % 5), 5, CoarseAmplitude);
        var detail = Smooth(new KeyedRandom(0, RandomPurpose.Images, 0, 1, @class / 5), 9, DetailAmplitude);
        return [.. coarse.Zip(detail, (a, b) => a + b)];
    }

    /// <summary>Random values on a grid of <paramref name="knots"/> × <paramref name="knots"/>, interpolated, [3, Field, Field].</summary>
    private static int[] Smooth(KeyedRandom random, int knots, int amplitude)
    {
        var field = new int[3 * Field * Field];
        for (var channel = 0; channel < 3; channel++)
        {
            var grid = new int[knots * knots];
            for (var k = 0; k < grid.Length; k++)
                grid[k] = random.NextInt((2 * amplitude) + 1) - amplitude;
            for (var y = 0; y < Field; y++)
            for (var x = 0; x < Field; x++)
            {
                // Positions in the grid as 1/256ths; the last knot lies on the last pixel.
                var (gx, gy) = (x * (knots - 1) * 256 / (Field - 1), y * (knots - 1) * 256 / (Field - 1));
                var (kx, ky) = (Math.Min(gx >> 8, knots - 2), Math.Min(gy >> 8, knots - 2));
                var (fx, fy) = (gx - (kx << 8), gy - (ky << 8));
                var above = (grid[(ky * knots) + kx] * (256 - fx)) + (grid[(ky * knots) + kx + 1] * fx);
                var below =
                    (grid[((ky + 1) * knots) + kx] * (256 - fx)) + (grid[((ky + 1) * knots) + kx + 1] * fx);
                field[(((channel * Field) + y) * Field) + x] = ((above * (256 - fy)) + (below * fy)) >> 16;
            }
        }

        return field;
    }
}
