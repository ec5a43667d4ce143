using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Tests.Exchange;

/// <summary>Untrained networks whose every tensor has values of its own, and images for them.</summary>
internal static class SomeModel
{
    public const int Classes = 10;
    public const int Side = 32;

    /// <summary>Writes a checkpoint of a network and reads its model.</summary>
    public static StoredModel Of(string folder, string architecture, string head)
    {
        var specification = Some.Specification("erm") with
        {
            LocalSteps = 2,
            Model = new() { Architecture = architecture, Head = head },
        };
        var network = Networks.Create(specification.Model, Classes, Side, Side);
        var (parameters, buffers) = network.InitialState(1);
        // Batch normalisation begins as the identity, which would hide a forgotten or exchanged tensor.
        var random = new Random(1);
        foreach (
            var entry in network.Layout.Entries.Where(e => e.Name.Contains("bn", StringComparison.Ordinal))
        )
        {
            var vector = entry.Kind == StateKind.Parameter ? parameters : buffers;
            foreach (ref var value in vector.AsSpan(entry.Offset, entry.Length))
                value += (float)((random.NextDouble() - 0.5) * 0.8);
        }

        var writer = new CheckpointWriter(
            Path.Combine(folder, "checkpoints"),
            "local/t0",
            1,
            TimeProvider.System
        );
        var path = writer
            .Write(
                new()
                {
                    RunId = "r-7f3k9q",
                    Progress = new()
                    {
                        Epoch = 3,
                        Round = 291,
                        Seed = 1,
                        ClassCounts = [.. Enumerable.Range(0, Classes).Select(c => 500 - (40 * c))],
                    },
                    Layout = network.Layout,
                    Parameters = parameters,
                    Momentum = new float[parameters.Length],
                    Buffers = buffers,
                    Specification = SpecificationDocument.Write(specification),
                    DataManifestHash = "0",
                }
            )
            .Path;
        return StoredModel.Of(new CheckpointEntry(path), folder: null, ImageSize.Of);
    }

    /// <summary>Images of smooth random blobs: planes of red, green and blue each.</summary>
    public static List<byte[]> Images(int count)
    {
        var random = new Random(2);
        var images = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var image = new byte[3 * Side * Side];
            var (x, y, z) = (random.NextDouble() * 0.5, random.NextDouble() * 0.5, random.NextDouble() * 6);
            for (var p = 0; p < image.Length; p++)
            {
                var (column, row, channel) = (p % Side, p / Side % Side, p / (Side * Side));
                image[p] = (byte)(
                    128 + (90 * Math.Sin((x * column) + (y * row) + (z * channel))) + random.Next(-30, 30)
                );
            }

            images.Add(image);
        }

        return images;
    }

    /// <summary>The class of the largest logit of every row.</summary>
    public static int[] Predictions(float[] logits, int classes) =>
        [.. logits.Chunk(classes).Select(row => row.IndexOf(row.Max()))];
}
