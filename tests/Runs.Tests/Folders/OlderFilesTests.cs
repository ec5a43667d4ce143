using System.Text.Json.Nodes;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Runs.Tests.Folders;

/// <summary>Keys are only added: a file of an older version lacks the newer ones, and a record of it has their defaults.</summary>
public sealed class OlderFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("preset", "\"\"")]
    [InlineData("host", "\"\"")]
    [InlineData("tags", "{}")]
    [InlineData("passed_over", "[]")]
    [InlineData("trainers", "[]")]
    public void ARunsRecordWithoutANewerKeyIsReadAndWrittenAgain(string key, string usual)
    {
        var json = JsonNode.Parse(SomeRun.Record("r-1").ToJson())!.AsObject();
        json.Remove(key);
        var path = Path.Combine(Directory.CreateDirectory(_folder["r-1"]).FullName, "run.json");
        File.WriteAllText(path, json.ToJsonString());

        var read = RunRecord.Read(path);

        json[key] = JsonNode.Parse(usual);
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(read.ToJson())));
    }

    [Fact]
    public void AnEventWithoutANewerKeyIsRead()
    {
        File.WriteAllText(
            _folder["events.jsonl"],
            """{"time":"2026-01-05T10:41:07Z","event":"epoch"}""" + "\n"
        );

        var read = Assert.Single(EventLog.Read(_folder["events.jsonl"]));

        Assert.Equal(("mm/event/v1", "", "", 0), (read.Schema, read.Key, read.Message, read.Epoch));
    }

    [Fact]
    public void AWriterWithoutANewerKeyHoldsTheLock()
    {
        File.WriteAllText(
            _folder["writer.json"],
            """{"host":"gpu-1","pid":4242,"since":"2026-01-05T10:41:07Z","instance":"a"}"""
        );

        var read = WriterIdentity.Read(_folder["writer.json"])!;

        Assert.Equal((true, "", "mm/writer/v1"), (read.HasLock, read.Silo, read.Schema));
    }
}
