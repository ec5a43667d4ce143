using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Runs;

/// <summary>What a silo does not even try.</summary>
public class SubmissionCheckTests
{
    private static readonly RunSpecification Sound = LocalRun.Specification();

    [Fact]
    public void ASoundOneIsRead() =>
        Assert.Equal(
            SpecificationDocument.Hash(Sound),
            SpecificationDocument.Hash(SubmissionCheck.Read(Of(Sound)))
        );

    public static TheoryData<string, RunSpecification> Unsound { get; } =
        new()
        {
            { "epochs", Sound with { Epochs = 0 } },
            { "epochs", Sound with { Epochs = int.MaxValue } },
            { "batch_size", Sound with { BatchSize = -1 } },
            { "slots", Sound with { Slots = 1 << 20 } },
            { "local_steps", Sound with { LocalSteps = 0 } },
            { "dataset.image_size", Sound with { Dataset = Sound.Dataset with { ImageSize = 100_000 } } },
            { "dataset.crop_padding", Sound with { Dataset = Sound.Dataset with { CropPadding = 1 << 20 } } },
            {
                "imbalance.counts",
                Sound with
                {
                    Imbalance = new() { Kind = "counts", Counts = new int[100_000] },
                }
            },
            {
                "imbalance.counts",
                Sound with
                {
                    Imbalance = new() { Kind = "counts", Counts = [-1] },
                }
            },
            { "imbalance.held_out", Sound with { Imbalance = Sound.Imbalance with { HeldOut = -1 } } },
            {
                "schedule.milestones",
                Sound with
                {
                    Schedule = Sound.Schedule with { Milestones = new int[5000] },
                }
            },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Unsound))]
    public void AValueThatNoKeyTakesIsRefusedWithItsLimit(string key, RunSpecification specification)
    {
        var refused = Refused(Of(specification));

        Assert.Equal("MM1004", refused.Code);
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
        Assert.Matches("must be [0-9,]+ to [0-9,]+, got", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"epochs\":1,\"dataset\":null}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void WhatIsNoSpecificationIsRefused(string text) =>
        Assert.Equal("MM1006", Refused(new("r-7f3k9q", text, Settings)).Code);

    [Fact]
    public void TextsAndNamesHaveALength()
    {
        Assert.Contains(
            "1,048,576 bytes at most",
            Refused(new("r-7f3k9q", new(' ', SubmissionCheck.LargestText + 1), Settings)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("MM1004", Refused(Of(Sound, Settings with { Name = new('x', 300) })).Code);
        Assert.Equal(
            "MM1004",
            Refused(Of(Sound, Settings with { Tags = [.. new string[300].Select(_ => "a=b")] })).Code
        );
        Assert.Equal("MM1004", Refused(Of(Sound, Settings with { CalibrationBins = 1 << 30 })).Code);
    }

    [Theory]
    [InlineData("../r-7f3k9q")]
    [InlineData("r-7f3k9q/../../etc")]
    [InlineData("/etc")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("R-7F3K9Q")]
    [InlineData("r-7f3k9q\0")]
    public void AnIdThatWouldNameAFolderElsewhereIsRefused(string id) =>
        Assert.Contains(
            "not a run's id",
            Refused(new(id, SpecificationDocument.Write(Sound), Settings)).Message,
            StringComparison.Ordinal
        );

    private static RunSettings Settings { get; } = new() { Name = "test" };

    private static RunSubmission Of(RunSpecification specification, RunSettings? settings = null) =>
        new("r-7f3k9q", SpecificationDocument.Write(specification), settings ?? Settings);

    private static FaultException Refused(RunSubmission submission) =>
        Assert.Throws<FaultException>(() => SubmissionCheck.Read(submission));
}
