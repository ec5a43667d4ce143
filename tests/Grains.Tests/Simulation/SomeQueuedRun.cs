using System.Text.Json;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>The record of a run that was submitted and has not begun.</summary>
internal static class SomeQueuedRun
{
    public static RunRecord Record(
        string run,
        RunSpecification specification,
        RunSettings settings,
        DateTimeOffset created,
        long rounds
    ) =>
        new()
        {
            Id = run,
            Name = settings.Name,
            Status = RunStatus.Queued,
            Specification = JsonSerializer.Deserialize<JsonElement>(
                SpecificationDocument.Write(specification)
            ),
            SpecificationSha256 = SpecificationDocument.Hash(specification),
            Settings = settings,
            Created = created,
            Epochs = specification.Epochs,
            Rounds = rounds,
        };
}
