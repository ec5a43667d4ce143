using MMOrleans.Api.Sources;

namespace MMOrleans.Api.Tests;

public class TraceAddressTests
{
    [Theory]
    [InlineData("https://grafana.example/explore?run={run}&from={from}&to={to}", true)]
    [InlineData("http://127.0.0.1:16686/search?tags={run}", true)]
    [InlineData("https://grafana.example/explore", false)] // of which run?
    [InlineData("javascript:alert({run})", false)]
    [InlineData("data:text/html,{run}", false)]
    [InlineData("/traces/{run}", false)]
    [InlineData("", false)]
    public void OnlyAnAddressOfTheWebWithAPlaceForTheRunIsOffered(string text, bool isOne) =>
        Assert.Equal(isOne ? text : null, TraceAddress.Read(text)?.Text);
}
