using System.Buffers.Binary;
using System.Security.Cryptography;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Specifications;
using Xunit;

namespace MMOrleans.Runs.Tests.Checkpoints;

public sealed class CheckpointWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AStateIsReadBackWithEverythingThatBelongsToIt()
    {
        var written = SomeCheckpoint.InsideEpoch(42, 13);

        var receipt = Writer().Write(written);
        var read = Store().Find(receipt.Name).Load(SomeCheckpoint.Layout);

        Assert.Equal("round-00004087", receipt.Name);
        Assert.Equal(written.Parameters.ToArray(), read.Parameters.ToArray());
        Assert.Equal(written.Momentum.ToArray(), read.Momentum.ToArray());
        Assert.Equal(written.Buffers.ToArray(), read.Buffers.ToArray());
        Assert.Equal(written.Specification, read.Specification);
        Assert.Equal(written.Parents, read.Parents);
        Assert.Equal(written.DataManifestHash, read.DataManifestHash);
        Assert.Equal(written.StateSha256(), read.StateSha256());
        Assert.Equal([5000, 50], read.Progress.ClassCounts);
        Assert.Equal(written.Progress with { ClassCounts = [] }, read.Progress with { ClassCounts = [] });
    }

    [Fact]
    public void TheStateHashIsOverParametersMomentumBuffersAndRound()
    {
        var checkpoint = SomeCheckpoint.AfterEpoch(3);
        var bytes = new List<byte>();
        foreach (
            var value in (float[])
                [.. checkpoint.Parameters.Span, .. checkpoint.Momentum.Span, .. checkpoint.Buffers.Span]
        )
        {
            bytes.AddRange(BitConverter.GetBytes(value));
        }

        bytes.AddRange(BitConverter.GetBytes(291L));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. bytes])), checkpoint.StateSha256());
    }

    [Fact]
    public void WeightsLieUnderTheirUsualNames()
    {
        var receipt = Writer().Write(SomeCheckpoint.AfterEpoch(170));

        Assert.Equal("epoch-0170", receipt.Name);
        Assert.Equal(
            ["checkpoint.json", "model.safetensors", "optimiser.safetensors", "state.json"],
            Directory.GetFiles(receipt.Path).Select(Path.GetFileName).Order()
        );
        Assert.Equal(
            ["conv1.weight", "bn1.running_mean", "linear.weight"],
            Safetensors.Read(Path.Combine(receipt.Path, "model.safetensors")).Select(t => t.Name)
        );
        Assert.Equal(
            ["conv1.weight", "linear.weight"],
            Safetensors.Read(Path.Combine(receipt.Path, "optimiser.safetensors")).Select(t => t.Name)
        );
    }

    [Fact]
    public void TheSpecificationsHashIsThatOfItsCanonicalText()
    {
        var receipt = Writer().Write(SomeCheckpoint.AfterEpoch(1));

        Assert.Equal(
            SpecificationDocument.Hash(SomeCheckpoint.Specification),
            Store().Find(receipt.Name).Manifest!.SpecificationSha256
        );
    }

    [Fact]
    public void NothingButTheCheckpointIsLeft()
    {
        Writer().Write(SomeCheckpoint.AfterEpoch(1));

        Assert.Equal(["epoch-0001"], Names());
    }

    [Fact]
    public void AnIntactCheckpointOfTheSameStateIsLeftAsItIs()
    {
        var first = Writer("a").Write(SomeCheckpoint.AfterEpoch(1));
        var stamp = File.ReadAllBytes(Path.Combine(first.Path, "checkpoint.json"));

        var second = Writer("b").Write(SomeCheckpoint.AfterEpoch(1));

        Assert.True(second.WasThere);
        Assert.Equal(stamp, File.ReadAllBytes(Path.Combine(first.Path, "checkpoint.json")));
        Assert.Equal(["epoch-0001"], Names());
    }

    /// <summary>A disk may have become full since it was written, and that must not count against it.</summary>
    [Fact]
    public void AnIntactCheckpointOfTheSameStateIsFoundWithoutWritingAnything()
    {
        var receipt = Writer().Write(SomeCheckpoint.AfterEpoch(3));
        var folder = Path.GetDirectoryName(receipt.Path)!;
        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Directory.SetLastWriteTimeUtc(folder, longAgo);

        Assert.True(Writer("silo-2/t0").Write(SomeCheckpoint.AfterEpoch(3)).WasThere);

        Assert.Equal(longAgo, Directory.GetLastWriteTimeUtc(folder)); // any file or folder made in it would show
    }

    [Fact]
    public void AnIntactCheckpointOfAnotherStateIsNotReplacedAndTheDifferenceIsAFault()
    {
        Writer("a").Write(SomeCheckpoint.AfterEpoch(1));

        var fault = Assert.Throws<FaultException>(() =>
            Writer("b").Write(SomeCheckpoint.AfterEpoch(1, value: 2))
        );

        Assert.Equal("MM4004", fault.Code);
        Assert.Equal(["epoch-0001"], Names());
        Assert.Null(Store().Find("epoch-1").Damage());
    }

    [Fact]
    public void ADamagedCheckpointMakesRoomAndIsKeptAside()
    {
        var first = Writer("a").Write(SomeCheckpoint.AfterEpoch(1));
        SomeCheckpoint.Damage(Path.Combine(first.Path, "model.safetensors"));

        var second = Writer("b").Write(SomeCheckpoint.AfterEpoch(1));

        Assert.False(second.WasThere);
        Assert.Equal($"{first.Path}.damaged-1", second.SetAside);
        Assert.Null(Store().Find("epoch-1").Damage());
        Assert.Equal(["epoch-0001", "epoch-0001.damaged-1"], Names());
    }

    /// <summary>A silo that stood still, and the one that has its name now, may write the same checkpoint at the same time.</summary>
    [Fact]
    public void WhatAnotherProcessOfTheSameNameWritesIsLeftToIt()
    {
        var frozen = new CheckpointWriter(_folder["checkpoints"], "silo-1/t0", 7, TimeProvider.System)
        {
            Life = "another",
        };
        var theirs = Directory.CreateDirectory(frozen.TemporaryOf("epoch-0001"));
        File.WriteAllText(Path.Combine(theirs.FullName, "model.safetensors"), "half");

        new CheckpointWriter(_folder["checkpoints"], "silo-1/t0", 7, TimeProvider.System).Write(
            SomeCheckpoint.AfterEpoch(1)
        );

        Assert.Equal("half", File.ReadAllText(Path.Combine(theirs.FullName, "model.safetensors")));
    }

    [Fact]
    public void WhatAnEarlierAttemptOfTheSameWriterLeftDoesNotHinder()
    {
        var left = Directory.CreateDirectory(
            new CheckpointWriter(_folder["checkpoints"], "silo-1/t0", 7, TimeProvider.System).TemporaryOf(
                "epoch-0001"
            )
        );
        File.WriteAllText(Path.Combine(left.FullName, "model.safetensors"), "half");

        new CheckpointWriter(_folder["checkpoints"], "silo-1/t0", 7, TimeProvider.System).Write(
            SomeCheckpoint.AfterEpoch(1)
        );

        Assert.Equal(["epoch-0001"], Names());
    }

    [Fact]
    public void APathThatCannotBeWrittenIsNamedWithItsCause()
    {
        File.WriteAllText(_folder["checkpoints"], "a file where the folder should be");

        var fault = Assert.Throws<FaultException>(() => Writer().Write(SomeCheckpoint.AfterEpoch(1)));

        Assert.Equal("MM5003", fault.Code);
        Assert.Contains(_folder["checkpoints", "epoch-0001"], fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(28, "ENOSPC")]
    [InlineData(30, "EROFS")]
    [InlineData(122, "EDQUOT")]
    public void TheSystemsErrorNumbersAreSpelledOut(int number, string name) =>
        Assert.Contains(
            name,
            StorageFault.CannotWrite("/runs", new IOException("x", number)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void DeniedAccessIsSpelledOut() =>
        Assert.Contains(
            "EACCES",
            StorageFault.CannotWrite("/runs", new UnauthorizedAccessException()).Message,
            StringComparison.Ordinal
        );

    private CheckpointWriter Writer(string name = "silo-1/t0") =>
        new(_folder["checkpoints"], name, 1, TimeProvider.System);

    private CheckpointStore Store() => new(_folder["checkpoints"]);

    private IEnumerable<string?> Names() =>
        Directory.GetFileSystemEntries(_folder["checkpoints"]).Select(Path.GetFileName).Order();
}
