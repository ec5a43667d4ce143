using System.Text.Json;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Tests.Runs.Life;

public class RunRecordChangesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    private static readonly RunRecord Record = new()
    {
        Id = "r-000001",
        Name = "test",
        Status = RunStatus.Running,
        Specification = JsonDocument.Parse("{}").RootElement,
        SpecificationSha256 = "00",
        Created = Now.AddHours(-1),
    };

    [Theory]
    [InlineData(0.5, 0.6, 2)]
    [InlineData(0.6, 0.5, 1)]
    [InlineData(0.5, 0.5, 1)] // the first of equals
    [InlineData(0.5, null, 1)] // not evaluated
    [InlineData(null, 0.5, 2)]
    [InlineData(null, null, null)]
    public void TheBestEpochIsTheFirstWithTheHighestAccuracy(double? first, double? second, int? best)
    {
        var record = Epoch(Epoch(Record, 1, first), 2, second);

        Assert.Equal(best, record.Best?.Epoch);
        Assert.Equal(2, record.Last!.Epoch);
    }

    [Fact]
    public void WhatTheLastEvaluationSaidStaysOverEpochsWithoutOne()
    {
        var evaluated = SomeEpoch.Of(1, accuracy: 0.375) with
        {
            Counts = new([0.5, 0.25], [1, 1, 3, 1], null, null),
        };
        var passedOver = SomeEpoch.Of(2, "deferred");
        var after = RunRecordChanges.Epoch(RunRecordChanges.Epoch(Record, evaluated), passedOver);

        Assert.Equal([0.5, 0.25], after.ClassAccuracy);
        Assert.Equal([1, 1, 3, 1], after.Confusion);
        Assert.Equal((2, 14), (after.Epoch, after.Round));
    }

    [Fact]
    public void AClassWithoutTestImagesIsNullInTheRecordAndCountedNowhere()
    {
        var evaluation = new Evaluation(3, [1, 1, 0, 0, 0, 0, 1, 2, 1], 0, 0);
        var epoch = SomeEpoch.Of(1).With(evaluation, ShotGroups.ByThresholds([500, 50, 5]));

        var record = RunRecordChanges.Epoch(Record, epoch);

        Assert.Equal(0.25, record.Last!["worst_class"]);
        Assert.Null(record.Last.Counts);
        Assert.Equal([0.5, null, 0.25], record.ClassAccuracy);
        using var json = JsonDocument.Parse(record.ToJson());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("class_accuracy")[1].ValueKind);
    }

    [Fact]
    public void ARestartIsNoNewStretchOfTraining()
    {
        var settings = new RunSettings { Name = "test" };
        var first = RunRecordChanges.Start(Record, settings, [], "1", isRestart: false, Now);
        var again = RunRecordChanges.Start(first, settings, [], "2", isRestart: true, Now.AddMinutes(1));
        var resumed = RunRecordChanges.Start(again, settings, [], "3", isRestart: false, Now.AddMinutes(2));

        Assert.Equal((Now, Now), (again.Started, again.Begun));
        Assert.Equal((Now, Now.AddMinutes(2)), (resumed.Started, resumed.Begun));
    }

    [Fact]
    public void FingerprintIsThatOfTheFirstStartAndOneThatIsNotKnownStaysSo()
    {
        var settings = new RunSettings { Name = "test" };
        TrainerDescription here = new("a/t0", "cuda:0", "H200", "");
        var first = RunRecordChanges.Start(Record, settings, [here], "1", isRestart: false, Now);
        var other = here with { Fingerprint = "A100" };

        Assert.Equal("H200", first.Fingerprint);
        Assert.Equal("H200", Again(first).Fingerprint);
        Assert.Null(Again(first with { Fingerprint = null }).Fingerprint); // began before it was kept

        RunRecord Again(RunRecord record) =>
            RunRecordChanges.Start(record, settings, [other], "2", isRestart: false, Now);
    }

    [Fact]
    public void WhoGoesOnHasNotEnded()
    {
        var ended = RunRecordChanges.End(
            Record,
            new(RunStatus.Failed, 12, "ab", new("MM4003", "loss is not finite", "lower the rate")),
            "request",
            Now
        );
        Assert.Equal((12, "MM4003", Now), (ended.Round, ended.Error!.Code, ended.Ended));

        var alive = RunRecordChanges.Revival(ended);

        Assert.Equal((null, null, null, ""), (alive.Error, alive.Ended, alive.StateSha256, alive.StopReason));
        Assert.Equal(12, alive.Round);
    }

    private static RunRecord Epoch(RunRecord record, int epoch, double? accuracy)
    {
        return RunRecordChanges.Epoch(record, SomeEpoch.Of(epoch, accuracy: accuracy));
    }
}
