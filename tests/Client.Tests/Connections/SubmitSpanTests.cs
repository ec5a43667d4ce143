using System.Collections.Concurrent;
using System.Diagnostics;
using MMOrleans.Client.Connections;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Tests.Connections;

public sealed class SubmitSpanTests : IDisposable
{
    // Every test of this process traces into the same source: these are the spans of this class's own run.
    private const string RunId = "r-spans1";
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public SubmitSpanTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "MMOrleans",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("mmorleans.run.id") is RunId)
                    _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task TheRequestCarriesTheSpanThatSaysWhatIsAskedFor()
    {
        var sent = "";
        await SubmitSpan.AroundAsync(
            RunId,
            Some.Specification(),
            isTraced: true,
            trace =>
            {
                sent = trace;
                return Task.FromResult(new RunAnswer(RunId, null));
            }
        );

        var span = Assert.Single(_spans);
        Assert.Equal(span.Id, sent);
        Assert.Equal("run.submit", span.OperationName);
        Assert.Equal("mm-drw", span.GetTagItem("mmorleans.method"));
    }

    [Fact]
    public async Task ARefusalIsAnErrorWithItsCode()
    {
        await SubmitSpan.AroundAsync(
            RunId,
            Some.Specification(),
            isTraced: true,
            _ => Task.FromResult(new RunAnswer("", new("MM3002", "too few trainers", "--trainers 1")))
        );

        var span = Assert.Single(_spans);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("MM3002", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task ARunWithoutTracesHasNone()
    {
        await SubmitSpan.AroundAsync(
            RunId,
            Some.Specification(),
            isTraced: false,
            trace =>
            {
                Assert.Null(trace);
                return Task.FromResult(new RunAnswer(RunId, null));
            }
        );

        Assert.Empty(_spans);
    }
}
