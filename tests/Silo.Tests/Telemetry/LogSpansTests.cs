using MMOrleans.Silo.Telemetry;
using Xunit;

namespace MMOrleans.Silo.Tests.Telemetry;

public sealed class LogSpansTests
{
    [Theory]
    [InlineData("LogLeases", "leases")]
    [InlineData("LogEndDelayed", "end_delayed")]
    [InlineData("Listening", "listening")]
    public void AnEventIsNamedAfterTheMethodThatLogsIt(string method, string name) =>
        Assert.Equal(name, LogSpans.EventName(method));
}
