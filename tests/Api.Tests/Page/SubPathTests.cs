using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MMOrleans.Api.Access;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Api.Tests.Page;

/// <summary>The page and REST behind a proxy that serves them below a path, as an ingress at https://host/mm does.</summary>
public sealed class SubPathTests : IDisposable
{
    private const string Token = "operator-0123456789abcdef";
    private readonly SomeRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("/mm", true, "/mm", "mm/")]
    [InlineData("/mm", true, "/mm", "mm")]
    [InlineData("/mm", false, "/mm", "mm/")]
    [InlineData("/mm", false, "/mm", "mm")]
    [InlineData("/team/mm-2.x", false, "team/mm-2.x/", "team/mm-2.x")]
    // Who strips the path and says nothing: all that is loaded is found beside the page.
    [InlineData("/proxy/8080", true, "", "proxy/8080/")]
    public async Task ThePageAsksForNothingOutsideOfItsPath(
        string prefix,
        bool strips,
        string before,
        string opened
    )
    {
        Live();
        await using var server = await TestServer.StartAsync(_runs, $"operator {Token}", before: before);
        await using var proxy = await PrefixProxy.StartAsync(server.Address, prefix, strips);
        await using var browser = await Browser.OpenAsync($"{proxy.Address}{opened}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.getElementById('token')");
        await browser.EvaluateAsync($"document.getElementById('token').value = '{Token}'");
        await browser.EvaluateAsync("document.querySelector('.problem button').click()");

        // From the stream of events.
        await browser.WaitAsync("document.querySelector('.meter')?.textContent.includes('round 61 of 97')");
        await browser.WaitAsync("document.querySelector('.events')?.dataset.count === '2'");
        await browser.EvaluateAsync(
            "window.open = (...asked) => { window.asked = asked; }; document.querySelector('[data-act=report]').click()"
        );
        await browser.WaitAsync("window.asked");
        Assert.Equal(
            $"{prefix}/api/v1/runs/r-7f3k9q/report/index.html",
            (string?)await browser.EvaluateAsync("window.asked[0]")
        );
        if (before.Length > 0) // the cookie's path is the browser's
            Assert.Equal(
                "<p>report</p>",
                (string?)await browser.EvaluateAsync("fetch(window.asked[0]).then(answer => answer.text())")
            );
        foreach (var page in (string[])["cluster", "data", "compare", "runs"])
        {
            await browser.EvaluateAsync($"location.hash = '#/{page}'");
            await browser.WaitAsync("document.querySelector('h1')");
        }

        Assert.Empty(proxy.Strays);
        Assert.All(
            browser.Requests.Where(request => request.StartsWith("http", StringComparison.Ordinal)),
            request =>
                Assert.StartsWith($"{proxy.Address}{opened.TrimEnd('/')}", request, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhereSomethingIsToldIsBelowThePathToo(bool strips)
    {
        Live();
        await using var server = await TestServer.StartAsync(_runs, $"operator {Token}", before: "/mm");
        await using var proxy = await PrefixProxy.StartAsync(server.Address, "/mm", strips);
        using var http = new HttpClient { BaseAddress = new(proxy.Address, "/mm/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        using var stopped = await http.PostAsync(
            "api/v1/runs/r-7f3k9q/stop",
            null,
            TestContext.Current.CancellationToken
        );
        using var report = await http.GetAsync(
            "api/v1/runs/r-7f3k9q/report",
            TestContext.Current.CancellationToken
        );
        var description = JsonNode.Parse(
            await http.GetStringAsync("openapi/v1.json", TestContext.Current.CancellationToken)
        )!;

        Assert.Equal(HttpStatusCode.Accepted, stopped.StatusCode);
        Assert.Equal("/mm/api/v1/runs/r-7f3k9q", $"{stopped.Headers.Location}");
        Assert.Contains(
            "path=/mm/api/v1/runs/r-7f3k9q/report",
            Assert.Single(report.Headers.GetValues("Set-Cookie"))
        );
        Assert.Equal("/mm", (string?)description["servers"]![0]!["url"]);
    }

    [Fact]
    public async Task APathThatWasNotSetIsTakenFromNoHeader()
    {
        Live();
        await using var server = await TestServer.StartAsync(_runs, $"operator {Token}");
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(server.Address, "/api/v1/runs/r-7f3k9q/report")
        );
        request.Headers.Authorization = new("Bearer", Token);
        request.Headers.Add("X-Forwarded-Prefix", "/evil");

        using var report = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains("path=/api/v1/runs", Assert.Single(report.Headers.GetValues("Set-Cookie")));
    }

    [Theory]
    [InlineData("/mm", "/mm")]
    [InlineData("mm", "/mm")]
    [InlineData("/mm/", "/mm")]
    [InlineData("/a/b.c_d-e~f", "/a/b.c_d-e~f")]
    [InlineData("/", "")]
    [InlineData("//", null)]
    [InlineData("/a//b", null)]
    [InlineData("/../x", null)]
    [InlineData("https://host/mm", null)]
    [InlineData("/m m", null)]
    [InlineData("/\"><script>", null)]
    [InlineData("/mm?x", null)]
    public void APathIsWordsWithSlashesAndNothingElse(string text, string? value) =>
        Assert.Equal(value, PathBase.Read(text)?.Value);

    private void Live()
    {
        var folder = _runs.Write(epochs: 2);
        (RunRecord.Read(folder.Record) with { Status = RunStatus.Running, Ended = null }).Write(
            folder.Record
        );
        Directory.CreateDirectory(folder.Report);
        File.WriteAllText(Path.Combine(folder.Report, "index.html"), "<p>report</p>");
        _runs.Live.Add("r-7f3k9q");
        _runs.Cluster = ScriptedCluster.Create();
        _runs.Grain = ScriptedRun.Create().Run;
    }
}
