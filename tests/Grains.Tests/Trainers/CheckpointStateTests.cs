using System.Text.Json;
using MMOrleans.Runs.Checkpoints;

namespace MMOrleans.Grains.Tests.Trainers;

public class CheckpointStateTests
{
    private const int Seed = 7;

    /// <summary>Within an epoch every sum has begun, so that a member without a value is one that nobody writes.</summary>
    [Fact]
    public async Task EveryMemberOfAStateHasAValueWithinAnEpoch()
    {
        using var folder = new TemporaryFolder();
        await LocalRun.TrainAsync(
            folder.Path,
            LocalRun.Specification() with
            {
                Seed = Seed,
            },
            trainers: 2,
            settings: new()
            {
                Name = "test",
                Checkpoints = new() { EveryRounds = 3 },
            }
        );

        var entry = new CheckpointStore(folder["r-test01", "checkpoints"]).Find("round-00000012"); // five rounds into the second epoch of seven
        using var state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(entry.Path, "state.json")));
        var unset = state
            .RootElement.EnumerateObject()
            .Where(member => member.Value.GetRawText() is "null" or "0" or "\"\"" or "\"0\"" or "[]")
            .Select(member => member.Name);
        Assert.Empty(unset);
        Assert.Equal(Seed, state.RootElement.GetProperty("seed").GetInt64());
        Assert.Matches("^[^/]+/t[01], term [1-9][0-9]*$", entry.Manifest!.Writer);
    }
}
