using MMOrleans.Learning.Training;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Training;

public class CommonPastTests
{
    private static readonly RunSpecification Plain = Some.Specification(epochs: 20) with
    {
        Schedule = new() { WarmupEpochs = 1, Milestones = [16, 18] },
    };

    private static readonly RunSpecification Deferred = Plain with
    {
        Method = Plain.Method with { Name = "ce-drw", Reweight = Reweighting.Deferred, DeferEpoch = 16 },
    };

    [Fact]
    public void RunsThatDifferAfterTheSwitchOnlyHaveOnePast()
    {
        var sampled = Plain with
        {
            Method = Plain.Method with { Name = "ce-drs", Sampler = "deferred-balanced", DeferEpoch = 16 },
        };

        Assert.Null(CommonPast.Difference(Plain, Deferred, 16));
        Assert.Null(CommonPast.Difference(Deferred, sampled, 16));
        Assert.StartsWith("method.", CommonPast.Difference(Plain, Deferred, 17), StringComparison.Ordinal);
        Assert.Contains("method.", CommonPast.Difference(Deferred, sampled, 17), StringComparison.Ordinal);
    }

    [Fact]
    public void LaterDropsAndMoreEpochsChangeNoPast()
    {
        var longer = Plain with { Epochs = 40, Schedule = Plain.Schedule with { Milestones = [16, 30] } };

        Assert.Null(CommonPast.Difference(Plain, longer, 18));
        Assert.Contains(
            "learning rate of epoch 19",
            CommonPast.Difference(Plain, longer, 19),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void SamplerThatLooksAtTheEndHasAnotherPastWithOtherEpochs()
    {
        var progressive = Plain with { Method = Plain.Method with { Sampler = "progressive" } };

        Assert.Null(CommonPast.Difference(progressive, progressive, 5));
        Assert.Contains(
            "epochs: 20 and 30",
            CommonPast.Difference(progressive, progressive with { Epochs = 30 }, 5),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ObjectiveThatMayLookAtTheEndHasAnotherPastWithOtherEpochs()
    {
        var bilateral = Plain with
        {
            Method = Plain.Method with { Objective = "bilateral", Companion = "reversed" },
        };

        Assert.Null(CommonPast.Difference(bilateral, bilateral, 5));
        Assert.Contains(
            "epochs: 20 and 30",
            CommonPast.Difference(bilateral, bilateral with { Epochs = 30 }, 5),
            StringComparison.Ordinal
        );
        Assert.NotNull(CommonPast.Difference(Plain, bilateral, 5));
    }

    // Whatever the first epochs see is a difference: a key that is added one day is one until someone says that it is not.
    [Fact]
    public void WhatTheFirstEpochsSeeIsADifference()
    {
        (string Key, RunSpecification Other)[] others =
        [
            ("seed", Plain with { Seed = 2 }),
            ("slots", Plain with { Slots = 8 }),
            ("batch_size", Plain with { BatchSize = 16 }),
            ("local_steps", Plain with { LocalSteps = 2 }),
            ("method.loss", Plain with { Method = Plain.Method with { Loss = "focal" } }),
            ("method.scale", Plain with { Method = Plain.Method with { Scale = 2 } }),
            ("model.head", Plain with { Model = Plain.Model with { Head = "normalised" } }),
            ("optimiser.momentum", Plain with { Optimiser = Plain.Optimiser with { Momentum = 0.8 } }),
            (
                "imbalance.ratio",
                Plain with
                {
                    Imbalance = new() { Kind = "exp", Ratio = 50 },
                }
            ),
            ("learning rate", Plain with { Optimiser = Plain.Optimiser with { LearningRate = 0.2 } }),
        ];

        Assert.All(
            others,
            o => Assert.StartsWith(o.Key, CommonPast.Difference(Plain, o.Other, 1), StringComparison.Ordinal)
        );
    }
}
