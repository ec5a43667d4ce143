using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Segments;
using MMOrleans.Grains.Transport;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;
using Orleans.Serialization;

namespace MMOrleans.Fuzz.Tests;

/// <summary>Messages, read by the serialiser that silos read them with.</summary>
/// <remarks>
/// The serialiser refuses by whatever exception comes first, and the runtime answers any of them by dropping the message or the connection: what
/// is claimed is that it does so at once, with no more memory than the message justifies, and that what it lets through does a segment no harm.
/// </remarks>
public sealed class WireTests(ITestOutputHelper output)
{
    private static readonly SegmentShape Shape = new(0, 4, 8, sizeof(float), 8, 100);

    private readonly Fuzzer _fuzzer = new(output);
    private readonly Serializer _serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    [Fact]
    public void ContributionAndWhatASegmentMakesOfIt() =>
        _fuzzer.Run(
            "contribution",
            [
                _serializer.SerializeToArray(Contribution(0, 0, 4)),
                _serializer.SerializeToArray(Contribution(1, 2, 4)),
            ],
            2000,
            bytes =>
            {
                var contribution = Given<Contribution>(bytes);
                var segment = new SegmentRounds();
                segment.Contribute(contribution);
                segment.Clear();
            },
            fault => fault is InvalidOperationException or InvalidDataException,
            mostBytes: 128 << 20
        );

    /// <summary>Whatever a call says of where bytes are: they are in the arena that was mapped, or nowhere.</summary>
    [Fact]
    public void PlaceInAnotherProcessesMemory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is shared between processes on Linux only.");
        var arena = Arena.Create(1 << 20);
        var region = arena.Take(4096)!;
        var mapped = ForeignArena.TryOpen(arena.Address)!;
        _fuzzer.Run(
            "reference",
            [_serializer.SerializeToArray(VectorChunk.At(region.Refer(region.Version, 0, 4096)))],
            2000,
            bytes =>
            {
                var chunk = Given<VectorChunk>(bytes);
                if (chunk is not { IsElsewhere: true, Reference: { } reference })
                    return;
                if (mapped.Find(reference) is not { } found)
                    throw new InvalidDataException($"{reference} is not there.");
                found.Checksum(); // reads all of it
            },
            fault => fault is InvalidDataException,
            mostBytes: 128 << 20
        );
    }

    [Fact]
    public void ASoundSegmentSurvivesAForgedContribution() =>
        _fuzzer.Run(
            "forged contribution",
            [_serializer.SerializeToArray(Contribution(0, 0, 2))],
            2000,
            bytes =>
            {
                var forged = Given<Contribution>(bytes);
                var segment = new SegmentRounds();
                segment.Contribute(Contribution(0, 0, 2));
                var refusal = "";
                try
                {
                    segment.Contribute(forged with { Round = Math.Clamp(forged.Round, 0, 1) });
                }
                catch (InvalidOperationException refused)
                {
                    refusal = refused.Message;
                }

                // Whatever was forged: who comes next with a sound one is served.
                segment.Contribute(Contribution(2, 0, 2));
                if (refusal.Length > 0)
                    throw new InvalidDataException(refusal);
            },
            fault => fault is InvalidDataException,
            mostBytes: 128 << 20
        );

    [Fact]
    public void Submission() =>
        Read(
            "submission",
            new RunSubmission(
                "r-7f3k9q",
                "{}",
                new()
                {
                    Name = "x",
                    Tags = ["a=b"],
                    Checkpoints = new() { EveryEpochs = 1 },
                }
            )
        );

    [Fact]
    public void ImageRequest() =>
        Read("image request", new ImageRequest(new("{}", "/data", "abc", 4), [1, 2, 3]));

    [Fact]
    public void Images() => Read("images", new ImageBlock([1, 2], [0, 1], VectorChunk.Borrow(new byte[64])));

    [Fact]
    public void Epoch() =>
        Read(
            "epoch",
            new EpochResult
            {
                Epoch = 1,
                Round = 2,
                Phase = "main",
                LearningRate = 0.1,
                TrainLoss = 1,
                TrainAccuracy = 0.5,
                Counts = new([0.1, null], [1, 2, 3, 4], new([1, 2], [1, 1], [0.5, 0.5]), null),
            }
        );

    private void Read<T>(string name, T message) =>
        _fuzzer.Run(
            name,
            [_serializer.SerializeToArray(message)],
            1500,
            bytes => Given<T>(bytes),
            fault => fault is InvalidDataException,
            mostBytes: 128 << 20
        );

    private T Given<T>(byte[] bytes)
    {
        try
        {
            return _serializer.Deserialize<T>(bytes) ?? throw new InvalidDataException("It is null.");
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or InvalidDataException))
        {
            throw new InvalidDataException("The serialiser refused it.", fault);
        }
    }

    private static Contribution Contribution(long round, int start, int end) =>
        new()
        {
            Trainer = "silo-0/t0",
            Round = round,
            Phase = Phase.Main,
            StateHash = 7,
            Shape = Shape,
            Blocks =
            [
                new Block(
                    new(start, end),
                    VectorChunk.Borrow(new byte[Shape.Elements * sizeof(float)]),
                    new(1, 2, 3, 1, 5)
                ),
            ],
        };
}
