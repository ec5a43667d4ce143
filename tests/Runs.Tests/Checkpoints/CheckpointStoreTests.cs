using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;
using Xunit;

namespace MMOrleans.Runs.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CheckpointWriter _writer;
    private readonly CheckpointStore _store;

    public CheckpointStoreTests()
    {
        _writer = new CheckpointWriter(_folder.Path, "silo-1/t0", 1, TimeProvider.System);
        _store = new CheckpointStore(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AMissingFolderHoldsNoCheckpoints() =>
        Assert.Empty(new CheckpointStore(_folder["none"]).List());

    [Fact]
    public void TheNewestComesFirstByRoundWhateverItsName()
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(9));
        _writer.Write(SomeCheckpoint.InsideEpoch(10, 3));
        _writer.Write(SomeCheckpoint.AfterEpoch(10));

        Assert.Equal(
            ["round-00000973", "epoch-0010", "epoch-0009"],
            _store.List().Select(entry => entry.Name)
        );
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimiser.safetensors")]
    [InlineData("state.json")]
    public void AChangedByteIsFoundAndItsFileNamed(string file)
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(1));
        SomeCheckpoint.Damage(_folder["epoch-0001", file]);

        var fault = Assert.Throws<FaultException>(() => _store.Find("epoch-1").Load(SomeCheckpoint.Layout));

        Assert.Equal("MM5001", fault.Code);
        Assert.Contains($"{file}: SHA-256 differs", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyChangedBitOfTheManifestIsFound()
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(1));
        var path = _folder["epoch-0001", "checkpoint.json"];
        var sound = File.ReadAllBytes(path);
        for (var place = 0; place < sound.Length; place++)
        {
            var bytes = sound.ToArray();
            bytes[place] ^= 1;
            File.WriteAllBytes(path, bytes);

            Assert.StartsWith(
                "checkpoint.json: ",
                new CheckpointEntry(_folder["epoch-0001"]).Damage(),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void ATruncatedOrMissingFileIsNamed()
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(1));
        _writer.Write(SomeCheckpoint.AfterEpoch(2));
        _writer.Write(SomeCheckpoint.AfterEpoch(3));
        using (var file = File.OpenWrite(_folder["epoch-0001", "model.safetensors"]))
        {
            file.SetLength(10);
        }

        File.Delete(_folder["epoch-0002", "state.json"]);
        File.Delete(_folder["epoch-0003", "checkpoint.json"]);

        Assert.StartsWith(
            "model.safetensors: 10 bytes, wanted ",
            _store.Find("epoch-1").Damage(),
            StringComparison.Ordinal
        );
        Assert.Equal("state.json: missing", _store.Find("epoch-2").Damage());
        Assert.Equal("checkpoint.json: missing", _store.Find("epoch-3").Damage());
        Assert.False(_store.Find("epoch-1").LooksWhole());
    }

    [Fact]
    public void TheNewestIntactOneWinsAndTheDamagedAreReported()
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(1));
        _writer.Write(SomeCheckpoint.AfterEpoch(2));
        _writer.Write(SomeCheckpoint.AfterEpoch(3));
        SomeCheckpoint.Damage(_folder["epoch-0003", "optimiser.safetensors"]);

        var newest = _store.NewestIntact(out var damaged);

        Assert.Equal("epoch-0002", newest?.Name);
        Assert.Equal(["epoch-0003"], damaged.Select(entry => entry.Name));
    }

    [Fact]
    public void WhatAKilledWriterLeftIsNoCheckpoint()
    {
        Directory.CreateDirectory(_folder[".writing-epoch-0009-silo-1_t0-1"]);

        Assert.Empty(_store.List());
        Assert.Null(_store.NewestIntact(out _));
    }

    [Theory]
    [InlineData("epoch-42")]
    [InlineData("epoch-0042")]
    public void AnEpochIsFoundWithAndWithoutZeros(string name)
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(42));

        Assert.Equal("epoch-0042", _store.Find(name).Name);
    }

    [Theory]
    [InlineData("epoch-43")]
    [InlineData("../epoch-0042")]
    [InlineData("best")]
    public void AnUnknownNameIsAnsweredWithTheKnownOnes(string name)
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(42));

        var fault = Assert.Throws<FaultException>(() => _store.Find(name));
        Assert.Equal("MM1007", fault.Code);

        Assert.Contains("epoch-0042", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANetworkOfOtherShapesIsRefusedWithTheTensor()
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(1));
        var other = new StateLayout([new StateEntry("conv1.weight", [3, 2], 0, StateKind.Parameter)]);

        var fault = Assert.Throws<FaultException>(() => _store.Find("epoch-1").Load(other));

        Assert.Equal("MM5002", fault.Code);
        Assert.Contains("conv1.weight", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASpecificationThatDoesNotFitNamesTheKeyToChange()
    {
        _writer.Write(SomeCheckpoint.AfterEpoch(1));
        var manifest = _store.Find("epoch-1").Manifest!;
        var wider = SomeCheckpoint.Specification with
        {
            Model = new ModelSpecification { Architecture = "resnet56", Head = "normalised" },
        };

        CheckpointFit.Check("epoch-0001", manifest, SomeCheckpoint.Specification, classes: 2);
        var model = Assert.Throws<FaultException>(() =>
            CheckpointFit.Check("epoch-0001", manifest, wider, 2)
        );
        var classes = Assert.Throws<FaultException>(() =>
            CheckpointFit.Check("epoch-0001", manifest, SomeCheckpoint.Specification, 100)
        );

        Assert.Equal(("MM5002", "MM5002"), (model.Code, classes.Code));
        Assert.Contains("model.arch=resnet32", model.Fix, StringComparison.Ordinal);
        Assert.Contains("dataset.name", classes.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void PruningKeepsTheNewestAndTheBest()
    {
        for (var epoch = 1; epoch <= 6; epoch++)
        {
            _writer.Write(SomeCheckpoint.AfterEpoch(epoch));
        }

        double?[] accuracy = [null, 0.5, 0.8, 0.8, 0.7, 0.6, null];
        var gone = _store.Prune(new CheckpointRetention(2, 1), m => accuracy[m.Epoch], TimeProvider.System);

        Assert.Equal(["epoch-0001", "epoch-0003", "epoch-0004"], gone);
        Assert.Equal(["epoch-0006", "epoch-0005", "epoch-0002"], _store.List().Select(entry => entry.Name));
    }

    [Fact]
    public void ADamagedCheckpointIsNeitherCountedAsKeptNorRemovedUnlessAskedFor()
    {
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            _writer.Write(SomeCheckpoint.AfterEpoch(epoch));
        }

        File.Delete(_folder["epoch-0003", "state.json"]);

        Assert.Equal(
            ["epoch-0001"],
            _store.Prune(new CheckpointRetention(1, 0), _ => null, TimeProvider.System, dryRun: true)
        );
        Assert.Equal(
            ["epoch-0001", "epoch-0003"],
            _store.Prune(new CheckpointRetention(1, 0), _ => null, TimeProvider.System, damagedToo: true)
        );
        Assert.Equal(["epoch-0002"], _store.List().Select(entry => entry.Name));
    }

    [Fact]
    public void LeftoversGoWhenTheyAreOldButNotWhileTheyMayBeInUse()
    {
        var young = Directory.CreateDirectory(_folder[".writing-epoch-0009-a-1"]);
        var old = Directory.CreateDirectory(_folder[".writing-epoch-0008-a-1"]);
        old.LastWriteTimeUtc = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);

        _store.Prune(new CheckpointRetention(1, 0), _ => null, TimeProvider.System);

        young.Refresh();
        old.Refresh();
        Assert.Equal((true, false), (young.Exists, old.Exists));
    }
}
