using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Trainers.Rounds;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Trainers;

public sealed class SlotImagesTests : IDisposable
{
    private const int Round = 6; // the first epoch's last, and short: 194 images are six batches of 32 and two more
    private readonly TrainingMeter _meter = new(TimeProvider.System);

    [Theory]
    [InlineData(0)]
    [InlineData(Round)]
    public async Task ImagesOfABatchAreTurnedAsOneSequenceHoweverManySlotsShareIt(int round)
    {
        var (labels, images) = await BatchAsync(slots: 1, round);

        Assert.Equal(
            Rotation.Quarters(1, -1, round, labels.Count).Select(quarters => (long)quarters),
            labels
        );
        foreach (var slots in (int[])[2, 3, 4, 7])
        {
            var (theirs, pixels) = await BatchAsync(slots, round);
            Assert.Equal(labels, theirs);
            Assert.Equal(images, pixels);
        }
    }

    [Fact]
    public async Task ImageIsThatOfTheMethodsEpochTurned()
    {
        var (quarters, turned) = await BatchAsync(slots: 1, 0);
        var upright = new float[turned[0].Length];

        // Turned on by what is missing to a whole turn, every image is upright; none is where it was not turned.
        var plain = turned
            .Select(
                (image, row) =>
                {
                    Rotation.Turn<float>(image, 16, 16, (int)((4 - quarters[row]) % 4), upright);
                    return upright.ToArray();
                }
            )
            .ToList();

        var specification = Staged(1);
        var data = await new TrainingDataCache().OpenAsync(specification, null);
        var draws = Samplers.Create(specification, data.Labels).Draw(0);
        var augmentation = new Augmentation(specification, 16, 16);
        for (var row = 0; row < plain.Count; row++)
        {
            var (id, _, pixels) = data.At(train: true, draws[row]);
            augmentation.Train(pixels.Span, -1, id, row, upright);
            Assert.Equal(upright, plain[row]);
        }
    }

    public void Dispose() => _meter.Dispose();

    private static RunSpecification Staged(int slots) =>
        LocalRun.Specification(slots) with
        {
            Pretraining = new()
            {
                Kind = "rotation",
                Epochs = 1,
                Schedule = new() { WarmupEpochs = 0, Milestones = [] },
            },
        };

    /// <summary>Labels and images of a round's whole batch, slot by slot.</summary>
    private async Task<(IReadOnlyList<long> Labels, IReadOnlyList<float[]> Images)> BatchAsync(
        int slots,
        int round
    )
    {
        var specification = Staged(slots);
        var data = await new TrainingDataCache().OpenAsync(specification, null);
        var draws = data.DrawsOf(specification);
        var images = new SlotImages(
            new(
                (_, request) => Task.FromResult(data.Read(true, request.Positions)),
                new(SpecificationDocument.Write(specification), null, data.ManifestHash, ShardPlan.Shards),
                data,
                TimeSpan.FromSeconds(10),
                TimeSpan.FromSeconds(10),
                TimeProvider.System,
                _meter,
                NullLogger.Instance
            ),
            data,
            draws,
            new RunPlan(specification, draws.PerEpoch),
            new(specification, data.Size.Width, data.Size.Height),
            specification.Seed
        );
        var length = 3 * data.Size.Width * data.Size.Height;
        var (labels, pixels) = (new List<long>(), new List<float[]>());
        for (var slot = 0; slot < slots; slot++)
            foreach (var batch in await images.GetAsync(round, slot))
            {
                labels.AddRange(batch.Labels[..batch.Rows]);
                pixels.AddRange(batch.Images.AsSpan(0, batch.Rows * length).ToArray().Chunk(length));
            }

        return (labels, pixels);
    }
}
