using System.Text.Json;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Runs.Tests.Folders;

/// <summary>How <c>run.json</c> holds a run's settings: as the version that kept them as opaque JSON wrote them.</summary>
public sealed class RunSettingsTests
{
    private const string Written = """
        {"name":"some","tags":["a=b"],"preset":"","min_trainers":1,"max_trainers":0,"wait":"00:01:00","data_path":"images","checkpoints":{"every_epochs":null,"every_rounds":null,"every_time":null,"keep_last":5,"keep_best":1,"best_metric":"accuracy","best_is_greatest":true,"keep_epoch":0,"place":null},"max_time":"02:00:00","groups":"30,10","tensor_board":true,"traces":"sampled","trace_every":50,"configuration_yaml":"","parent":null,"round_limit":null,"per_class_metrics":false,"calibration_bins":15,"init_from":null,"priority":0}
        """;

    [Fact]
    public void SettingsAreKeptAsTheyEverWere()
    {
        var settings = new RunSettings
        {
            Name = "some",
            Tags = ["a=b"],
            DataPath = "images",
            Groups = "30,10",
            MaxTime = TimeSpan.FromHours(2),
            Checkpoints = new() { KeepLast = 5 },
        };

        var kept = JsonDocument.Parse(Record(settings).ToJson()).RootElement.GetProperty("settings");

        Assert.Equal(Written, JsonSerializer.Serialize(kept));
    }

    [Fact]
    public void AMissingSettingHasItsDefault()
    {
        var text = Record(new() { Name = "some" }).ToJson();
        var older = JsonSerializer.Deserialize<RunRecord>(
            text.Replace("\"calibration_bins\": 15,", ""),
            RecordJson.Options
        )!;

        Assert.DoesNotContain("calibration_bins", text.Replace("\"calibration_bins\": 15,", ""));
        Assert.Equal(15, older.Settings!.CalibrationBins);
        Assert.Equal("some", (older with { Settings = null }).SettingsOrDefaults.Name);
    }

    private static RunRecord Record(RunSettings settings) =>
        SomeRun.Record("r-7f3k9q") with
        {
            Name = "some",
            Settings = settings,
        };
}
