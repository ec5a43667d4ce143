using System.Text.Json;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Tests.Life;

public class RunStatusTests
{
    [Fact]
    public void TheWordsAreThoseOfTheFormat() =>
        Assert.Equal(
            "queued starting running stopping stopped finished failed interrupted",
            string.Join(' ', RunStatusWords.All.Select(status => status.Word()))
        );

    [Fact]
    public void JsonHasTheWord()
    {
        foreach (var status in RunStatusWords.All)
        {
            var json = JsonSerializer.Serialize(status);

            Assert.Equal($"\"{status.Word()}\"", json);
            Assert.Equal(status, JsonSerializer.Deserialize<RunStatus>(json));
        }
    }

    [Theory]
    [InlineData("\"ended\"")]
    [InlineData("2")]
    public void WhatIsNoWordIsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RunStatus>(json));

    [Fact]
    public void OnlyAWordIsReadAsOne()
    {
        Assert.True(RunStatusWords.TryRead("stopping", out var status));
        Assert.Equal(RunStatus.Stopping, status);
        Assert.False(RunStatusWords.TryRead("Stopping", out _));
        Assert.False(RunStatusWords.TryRead("queue", out _));
    }

    [Theory]
    [InlineData(RunStatus.Running, true, RunStatus.Running)]
    [InlineData(RunStatus.Running, false, RunStatus.Interrupted)]
    [InlineData(RunStatus.Failed, false, RunStatus.Failed)]
    public void WhatNobodyTrainsIsInterruptedUnlessItIsOver(
        RunStatus recorded,
        bool isLive,
        RunStatus shown
    ) => Assert.Equal(shown, recorded.Shown(isLive));
}
