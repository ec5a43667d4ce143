using System.Text.Json.Nodes;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Training;

/// <summary>Says whether two runs are one and the same until some epoch, so that one's checkpoint is the other's.</summary>
/// <remarks>
/// A run's result is a function of its specification alone. A run that begins at another's checkpoint keeps that promise only where
/// its own first epochs would have led to the very same state; this is that condition.
/// </remarks>
public static class CommonPast
{
    /// <summary>The first thing in which the first epochs of two runs differ; null when they do not.</summary>
    /// <param name="one">A run.</param>
    /// <param name="other">Another.</param>
    /// <param name="epochs">How many epochs, 1 or more.</param>
    /// <returns>Such as <c>method.loss: "ce" and "ldam"</c>.</returns>
    public static string? Difference(RunSpecification one, RunSpecification other, int epochs) =>
        Difference(Seen(one, epochs), Seen(other, epochs), "") ?? DifferentRate(one, other, epochs);

    private static string? DifferentRate(RunSpecification one, RunSpecification other, int epochs)
    {
        var (mine, theirs) = (new StagePlan(one), new StagePlan(other));
        for (var epoch = 0; epoch < epochs; epoch++)
            if (
                mine.LearningRate(epoch) is var first
                && theirs.LearningRate(epoch) is var second
                && first != second
            )
                return $"learning rate of epoch {epoch + 1}: {first:R} and {second:R}";
        return null;
    }

    // Everything that the first epochs see has its own value, everything else one and the same.
    private static JsonNode Seen(RunSpecification run, int epochs)
    {
        var method = run.Method;
        var deferEpoch = (run.Pretraining?.Epochs ?? 0) + method.DeferEpoch;
        var reweight =
            method.Reweight == Reweighting.Deferred && deferEpoch >= epochs
                ? Reweighting.None
                : method.Reweight;
        var sampler =
            Samplers.IsDeferred(method.Sampler) && deferEpoch >= epochs ? "uniform" : method.Sampler;
        var (weighs, samples) = (reweight != Reweighting.None, sampler != "uniform");
        var seen = run with
        {
            // What may look at the run's end: this sampler, as a companion too, and objectives other than the usual one.
            Epochs =
                sampler == "progressive" || method.Companion == "progressive" || method.Objective is not null
                    ? run.Epochs
                    : epochs,
            Optimiser = run.Optimiser with { LearningRate = 1 },
            Schedule = new() { WarmupEpochs = 0, Milestones = [] }, // compared as rates
            Method = method with
            {
                Name = "",
                Reweight = reweight,
                Sampler = sampler,
                DeferEpoch =
                    reweight == Reweighting.Deferred || Samplers.IsDeferred(sampler) ? deferEpoch : epochs,
                Weights = weighs ? method.Weights : default,
                Beta = weighs || samples || method.Companion is not null ? method.Beta : 0,
                Reduction = weighs || method.Objective is not null ? method.Reduction : default,
                FocalWeights = weighs ? method.FocalWeights : default,
            },
        };
        return JsonNode.Parse(SpecificationDocument.Write(seen))!;
    }

    private static string? Difference(JsonNode? one, JsonNode? other, string path)
    {
        if (one is JsonObject first && other is JsonObject second)
            return first
                .Select(pair => pair.Key)
                .Union(second.Select(pair => pair.Key))
                .Select(key => Difference(first[key], second[key], path.Length > 0 ? $"{path}.{key}" : key))
                .FirstOrDefault(difference => difference is not null);
        return JsonNode.DeepEquals(one, other)
            ? null
            : $"{path}: {one?.ToJsonString() ?? "none"} and {other?.ToJsonString() ?? "none"}";
    }
}
