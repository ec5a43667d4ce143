using System.Diagnostics;
using MMOrleans.Client.Connections;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Tests.Connections;

public sealed class SubmitSpanTests : IDisposable
{
    private readonly List<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public SubmitSpanTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "MMOrleans",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task TheRequestCarriesTheSpanThatSaysWhatIsAskedFor()
    {
        var sent = "";
        await SubmitSpan.AroundAsync(
            "r-7f3k9q",
            Some.Specification(),
            isTraced: true,
            trace =>
            {
                sent = trace;
                return Task.FromResult(new RunAnswer("r-7f3k9q", null));
            }
        );

        var span = Assert.Single(_spans);
        Assert.Equal(span.Id, sent);
        Assert.Equal("run.submit", span.OperationName);
        Assert.Equal("r-7f3k9q", span.GetTagItem("mmorleans.run.id"));
        Assert.Equal("mm-drw", span.GetTagItem("mmorleans.method"));
    }

    [Fact]
    public async Task ARefusalIsAnErrorWithItsCode()
    {
        await SubmitSpan.AroundAsync(
            "r-7f3k9q",
            Some.Specification(),
            isTraced: true,
            _ => Task.FromResult(new RunAnswer("", new("MM3002", "too few trainers", "--trainers 1")))
        );

        Assert.Equal(ActivityStatusCode.Error, _spans[0].Status);
        Assert.Equal("MM3002", _spans[0].GetTagItem("error.type"));
    }

    [Fact]
    public async Task ARunWithoutTracesHasNone()
    {
        await SubmitSpan.AroundAsync(
            "r-7f3k9q",
            Some.Specification(),
            isTraced: false,
            trace =>
            {
                Assert.Null(trace);
                return Task.FromResult(new RunAnswer("r-7f3k9q", null));
            }
        );

        Assert.Empty(_spans);
    }
}
