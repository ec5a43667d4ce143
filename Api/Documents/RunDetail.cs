using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Api.Documents;

/// <summary>The whole of one run: its record, and what a reader would otherwise have to work out from it.</summary>
internal static class RunDetail
{
    /// <param name="folder">The run's.</param>
    /// <param name="source">Knows whether somebody trains it.</param>
    /// <param name="now">The time.</param>
    public static JsonObject Of(RunFolder folder, IRunSource source, DateTimeOffset now)
    {
        var record = RunRecord.Read(folder.Record);
        var specification = SpecificationDocument.Read(record.Specification.GetRawText());
        var document = JsonNode.Parse(record.ToJson())!.AsObject();
        var live = source.IsLive(record);
        document["status"] = record.Status.Shown(live).Word();
        document["live"] = live;
        document["method"] = specification.Method.Name;
        document["model"] = specification.Model.Architecture;
        document["dataset"] = specification.Dataset.Name;
        document["seed"] = specification.Seed;
        // The setting holds the whole configuration once more, and a path of the machine that trains.
        document.Remove("settings");
        document["switch_epoch"] = new StagePlan(specification).FirstDeferredEpoch;
        document["pretraining_epochs"] = new StagePlan(specification).PretrainingEpochs;
        document["goodput"] = Goodput.Of(RunEvidence.Read(folder, now, live)) is { } goodput
            ? JsonNode.Parse(goodput.ToJson())
            : null;
        document["classes"] = JsonSerializer.SerializeToNode(ClassResults.Of(record), ApiJson.Options);
        return document;
    }
}
