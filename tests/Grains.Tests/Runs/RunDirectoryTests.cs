using System.Text.Json;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class RunDirectoryTests
{
    /// <summary>Other verbs read them by these names.</summary>
    [Fact]
    public void SettingsAreKeptUnderTheNamesOfTheRecordsFormat()
    {
        var kept = RunDirectory.Keep(Settings);

        Assert.Equal("images", kept.GetProperty("data_path").GetString());
        Assert.Equal("30,10", kept.GetProperty("groups").GetString());
        Assert.Equal(5, kept.GetProperty("checkpoints").GetProperty("keep_last").GetInt32());
        Assert.All(Names(kept), name => Assert.Matches("^[a-z_]+$", name));
    }

    private static RunSettings Settings =>
        new()
        {
            Name = "some",
            Tags = ["a=b"],
            DataPath = "images",
            Groups = "30,10",
            MaxTime = TimeSpan.FromHours(2),
            Checkpoints = new() { KeepLast = 5 },
        };

    private static IEnumerable<string> Names(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(p => Names(p.Value).Prepend(p.Name))
            : [];
}
