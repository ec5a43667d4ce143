using System.Text.Json.Nodes;
using Deque.AxeCore.Commons;
using MMOrleans.Api.Routes;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Api.Tests.Page;

public sealed class PageTests : IDisposable
{
    private readonly SomeRuns _runs = new();

    [Fact]
    public void TheWholePageIsSmallerThan150KilobytesAsItIsSent() =>
        Assert.InRange(PageRoutes.Files.Values.Sum(file => file.Compressed.Length), 1_000, 150_000);

    [Fact]
    public void NoFileOfThePageNamesAnythingOutsideOrRunsTextAsCode()
    {
        foreach (var (name, file) in PageRoutes.Files)
        {
            var text = System
                .Text.Encoding.UTF8.GetString(file.Bytes)
                .Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            foreach (
                var word in (string[])
                    [
                        "http://",
                        "https://",
                        "innerHTML",
                        "outerHTML",
                        "insertAdjacentHTML",
                        "eval(",
                        "document.write",
                        " style=",
                        "onclick=\"",
                    ]
            )
                Assert.False(text.Contains(word, StringComparison.Ordinal), $"{name} has {word}");
        }
    }

    [Fact]
    public async Task ThePageShowsTheRunAsksNobodyElseAndComplainsOfNothing()
    {
        _runs.Write(epochs: 165);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.querySelector('.events')?.dataset.count === '165'");

        // A name of a run is text, whatever it looks like.
        Assert.Equal(
            "some <b>run</b>",
            (string?)await browser.EvaluateAsync("document.querySelector('h1').textContent")
        );
        Assert.Equal(165, (int?)await Attribute(browser, "path[data-name=train]", "data-points"));
        Assert.Equal(160, (int?)await Attribute(browser, "line[data-switch]", "data-switch"));
        Assert.Equal(165, (int?)await Attribute(browser, "circle[data-best]", "data-best"));
        // Errors of 5000, 500 and 50 training images, in this order.
        Assert.Equal(
            "0.1,0.25,0.4",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelectorAll('rect[data-error]')].map(bar => Number(bar.dataset.error).toFixed(2).replace(/0$/, '')).join()"
                )
        );
        Assert.Equal(
            9,
            (int?)await browser.EvaluateAsync("document.querySelectorAll('rect[data-row]').length")
        );
        Assert.Equal(
            3,
            (int?)await browser.EvaluateAsync("document.querySelectorAll('path[data-group]').length")
        );
        // 8 of 20 seconds are the backward pass's.
        Assert.Equal(
            0.4,
            (double)(await Attribute(browser, "rect[data-stage=backward]", "data-share"))!,
            tolerance: 1e-9
        );
        Assert.DoesNotContain(
            browser.Requests,
            request => !request.StartsWith(server.Address.ToString(), StringComparison.Ordinal)
        );
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task TheNumbersOfAChartAreATableAndArrowKeysWalkThroughIt()
    {
        _runs.Write(epochs: 3);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.querySelector('path[data-name=train]')");

        await browser.EvaluateAsync("document.querySelector('figure details').open = true");
        await browser.WaitAsync("document.querySelectorAll('figure details tbody tr').length === 3");
        await browser.EvaluateAsync(
            "document.querySelector('.plot[tabindex]').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))"
        );

        Assert.Equal(
            "epoch 1: train 2.00, test 3.00",
            (string?)await browser.EvaluateAsync("document.querySelector('output.read').textContent")
        );
    }

    [Theory]
    [InlineData("0, 10, 4", "0.0 2.5 5.0 7.5 10.0")] // whole numbers would say 3 and 8
    [InlineData("0, 0.1, 4", "0.000 0.025 0.050 0.075 0.100")]
    [InlineData("0.03, 0.2, 6", "0.05 0.10 0.15 0.20")]
    [InlineData("0, 1000, 4", "0 250 500 750 1000")]
    [InlineData("-7, 7, 5", "-5 0 5")]
    [InlineData("-0.02, 0.02, 4", "-0.02 -0.01 0.00 0.01 0.02")]
    [InlineData("1, 200, 6", "50 100 150 200")]
    public async Task AnAxisSaysTheValuesThatItsLinesAreAt(string range, string marks)
    {
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}");
        await browser.WaitAsync("document.querySelector('h1')");

        var found = await browser.EvaluateAsync(
            $"import('/page/ticks.mjs').then(page => page.ticks({range})).then(all => [all.map(one => one.text).join(' '), all.every(one => Math.abs(one.value - Number(one.text)) < 1e-9)])"
        );

        Assert.Equal(marks, (string?)found![0]);
        Assert.True((bool?)found[1]);
    }

    [Fact]
    public async Task TheDataPageShowsClassesProfileGroupsAndImagesLeftOut()
    {
        var folder = _runs.Write(epochs: 2);
        (RunRecord.Read(folder.Record) with { SkippedImages = 1 }).Write(folder.Record);
        SomeRuns.LeaveOut(folder, "<b>a/b.jpg</b>: no JPEG");
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/data");
        await browser.WaitAsync("document.querySelectorAll('rect[data-images]').length === 3");

        Assert.Equal(
            "5000,500,50",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelectorAll('rect[data-images]')].map(bar => bar.dataset.images).join()"
                )
        );
        // On this scale the profile of 100 : 1 is a line through the tops: from the first bar's to the last one's.
        Assert.True(
            (bool?)
                await browser.EvaluateAsync(
                    "(() => { const line = document.querySelector('path[data-profile=exp]').getAttribute('d').split(/[ML ]/).filter(Boolean).map(Number);"
                        + " const tops = [...document.querySelectorAll('rect[data-images]')].map(bar => Number(bar.getAttribute('y')));"
                        + " return Math.abs(line[1] - tops[0]) < 0.1 && Math.abs(line[3] - tops[2]) < 0.1 && Math.abs((line[1] + line[3]) / 2 - tops[1]) < 0.1; })()"
                )
        );
        Assert.Equal(
            "The first that was left out: <b>a/b.jpg</b>: no JPEG",
            (string?)await browser.EvaluateAsync("document.querySelector('.notice').textContent")
        );
        Assert.Equal(
            "many 1 5,000 90.1 5,000 5,000",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelector('[aria-label=\"Shot groups\"] tbody tr').cells].map(cell => cell.textContent).join(' ')"
                )
        );
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task TheConfigurationMarksWhatDiffersFromThePreset()
    {
        _runs.Write(epochs: 1);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.querySelector('pre .line')");

        Assert.Equal(
            "name: some  --name|  batch_size: 128  run.yaml:3:15",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelectorAll('pre .own')].map(line => line.textContent.trimEnd()).join('|')"
                )
        );
    }

    [Fact]
    public async Task TheClusterPageShowsWhoWorksOnWhatAndWhatWaitsForWhom()
    {
        _runs.Write(epochs: 2);
        var waiting = _runs.Write("r-00000b", epochs: 0);
        (
            RunRecord.Read(waiting.Record) with
            {
                Status = RunStatus.Queued,
                Ended = null,
                WaitingFor = "wanted 3 trainers, have 1 (2 busy with r-7f3k9q)",
            }
        ).Write(waiting.Record);
        _runs.Live.Add("r-00000b");
        _runs.Cluster = ScriptedCluster.Create();
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/cluster");
        await browser.WaitAsync("document.querySelectorAll('.silos tbody tr').length === 4");

        Assert.Equal(
            "t0 cpu r-7f3k9q|t1 cpu free|t0 cuda:0 r-7f3k9q",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelectorAll('.silos .chip')].map(chip => chip.textContent).join('|')"
                )
        );
        // Of each silo: by which transport its vectors get to the others.
        Assert.Equal(
            "memory: silo-1calls: silo-2, silo-3|not used yet: all 3 others|not known|not known",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelectorAll('.silos .transports')].map(cell => cell.textContent).join('|')"
                )
        );
        // Whoever is on the way out is not asked to go.
        Assert.Equal(
            "Drain silo-0",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelectorAll('.silos button')].map(button => button.getAttribute('aria-label')).join('|')"
                )
        );
        Assert.Contains(
            "wanted 3 trainers, have 1 (2 busy with r-7f3k9q)",
            (string?)
                await browser.EvaluateAsync(
                    "document.querySelector('[aria-label=\"Runs in the queue\"]').textContent"
                ),
            StringComparison.Ordinal
        );
        // How large it is stands above every page.
        await browser.EvaluateAsync("location.hash = '#/runs'");
        await browser.WaitAsync("document.querySelectorAll('.runs tbody tr').length === 2");
        await browser.WaitAsync("document.getElementById('size').textContent === '4 silos, 3 trainers'");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task AReportOpensForWhoHasATokenAndNoTokenStandsInAnAddress()
    {
        const string token = "viewer-0123456789abcdef";
        var folder = _runs.Write(epochs: 2);
        Directory.CreateDirectory(folder.Report);
        await File.WriteAllTextAsync(Path.Combine(folder.Report, "index.html"), "<p>report</p>");
        await using var server = await TestServer.StartAsync(_runs, $"viewer {token}");
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.getElementById('token')");
        await browser.EvaluateAsync($"document.getElementById('token').value = '{token}'");
        await browser.EvaluateAsync("document.querySelector('.problem button').click()");
        await browser.WaitAsync("document.querySelector('[data-act=report]')");

        await browser.EvaluateAsync(
            "window.open = (...asked) => { window.asked = asked; }; document.querySelector('[data-act=report]').click()"
        );
        await browser.WaitAsync("window.asked");

        // What a new window would get, which sends no header.
        Assert.Equal(
            "<p>report</p>",
            (string?)await browser.EvaluateAsync("fetch(window.asked[0]).then(answer => answer.text())")
        );
        Assert.DoesNotContain(browser.Requests, request => request.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task EventsLinkToTheirTracesWhereSomebodySaidWhereTheseAre()
    {
        _runs.Write(epochs: 2);
        await using var server = await TestServer.StartAsync(
            _runs,
            traces: "https://traces.example/?run={run}&from={from}&to={to}"
        );
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.querySelectorAll('.events .trace').length === 2");

        var at = (SomeRuns.Time + TimeSpan.FromSeconds(25.5)).ToUnixTimeMilliseconds();
        Assert.Equal(
            $"https://traces.example/?run=r-7f3k9q&from={at - 30_000}&to={at + 30_000}",
            (string?)
                await browser.EvaluateAsync("[...document.querySelectorAll('.events .trace')].at(-1).href")
        );
        Assert.Equal(
            "noopener noreferrer",
            (string?)await browser.EvaluateAsync("document.querySelector('.events .trace').rel")
        );
    }

    [Fact]
    public async Task ThePolicyKeepsForeignScriptsFromRunning()
    {
        _runs.Write(epochs: 1);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}");
        await browser.WaitAsync("document.querySelector('h1')");

        await browser.EvaluateAsync(
            "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s);"
                + " const b = document.createElement('button'); b.setAttribute('onclick', 'window.ran = true'); document.body.append(b); b.click(); })()"
        );
        var fetched = await browser.EvaluateAsync(
            "fetch('http://127.0.0.1:9/').then(() => 'asked', fault => 'refused')"
        );

        Assert.Null(await browser.EvaluateAsync("window.ran"));
        Assert.Equal("refused", (string?)fetched);
        Assert.Contains(
            browser.Complaints,
            complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal)
        );
    }

    /// <summary>A metric that is added to the table is on the page, too.</summary>
    [Fact]
    public async Task RunsAreComparedByEveryMetricOfTheTable()
    {
        _runs.Write(epochs: 3);
        _runs.Write("r-00000b", epochs: 5);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync(
            $"{server.Address}#/compare?runs=r-7f3k9q,r-00000b"
        );
        await browser.WaitAsync("document.querySelectorAll('path.run-1').length > 0");

        var rows = await browser.EvaluateAsync(
            "[...document.querySelectorAll('tbody tr')].map(row => row.firstElementChild.textContent).join()"
        );

        Assert.Equal(
            string.Join(
                ',',
                MetricTable
                    .OfTest.Select(metric => metric.Name.Replace('_', ' '))
                    .Prepend("epoch")
                    .Prepend("method")
                    .Prepend("name")
            ),
            (string?)rows
        );
    }

    /// <summary>A run has an id, a name, and may be the latest.</summary>
    [Fact]
    public async Task ARunThatIsNamedTwiceIsComparedOnce()
    {
        _runs.Write(epochs: 3);
        _runs.Write("r-00000b", epochs: 5);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync(
            $"{server.Address}#/compare?runs=r-7f3k9q,latest,r-00000b"
        );
        await browser.WaitAsync("document.querySelectorAll('path.run-1').length > 0");

        var columns = await browser.EvaluateAsync(
            "[...document.querySelectorAll('thead th')].map(cell => cell.textContent).join()"
        );

        Assert.Equal("Metric,r-7f3k9q,r-00000b,difference", (string?)columns);
    }

    [Fact]
    public async Task NobodyIsKeptOut()
    {
        _runs.Write(epochs: 165);
        _runs.Write("r-00000b", epochs: 5);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.querySelector('rect[data-row]')");
        await browser.EvaluateAsync(new BundledAxeScriptProvider().GetScript() + ";0");

        foreach (
            var (hash, ready) in ((string, string)[])
                [
                    ("#/runs/r-7f3k9q", "document.querySelector('.events')?.dataset.count === '165'"),
                    ("#/runs", "document.querySelectorAll('.runs tbody tr').length === 2"),
                    (
                        "#/compare?runs=r-7f3k9q,r-00000b",
                        "document.querySelectorAll('path.run-1').length > 0"
                    ),
                    ("#/cluster", "document.querySelector('h1')?.textContent === 'Cluster'"),
                    ("#/data", "document.querySelector('rect[data-images]')"),
                ]
        )
        foreach (var scheme in (string[])["light", "dark"])
        {
            await browser.SendAsync(
                "Emulation.setEmulatedMedia",
                new()
                {
                    ["features"] = new JsonArray(
                        new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }
                    ),
                }
            );
            await browser.EvaluateAsync($"location.hash = '{hash}'");
            await browser.WaitAsync(ready);
            var found = await browser.EvaluateAsync(
                "axe.run().then(result => result.violations.filter(one => ['serious', 'critical'].includes(one.impact))"
                    + ".map(one => `${one.id}: ${one.nodes[0].html}`).join('\\n'))"
            );
            Assert.Equal("", $"{(string?)found}");
        }
    }

    [Theory]
    [InlineData(360, "#/runs/r-7f3k9q", "rect[data-row]")]
    [InlineData(1400, "#/runs/r-7f3k9q", "rect[data-row]")]
    [InlineData(360, "#/data", "rect[data-images]")]
    public async Task NothingIsWiderThanTheWindow(int width, string hash, string ready)
    {
        _runs.Write(epochs: 165);
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}{hash}", width);
        await browser.SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new()
            {
                ["width"] = width,
                ["height"] = 900,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );
        await browser.WaitAsync($"innerWidth === {width} && document.querySelector('{ready}')");

        Assert.Equal(
            0,
            (int?)
                await browser.EvaluateAsync(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
        );
    }

    [Fact]
    public async Task AfterTheServerCameBackThePageGoesOnWithoutAGap()
    {
        var folder = _runs.Write(epochs: 3);
        var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.querySelector('.events')?.dataset.count === '3'");

        await server.DisposeAsync();
        await browser.WaitAsync("document.getElementById('link').className === 'reconnecting'");
        SomeRuns.Complete(folder, 4);
        await using var again = await TestServer.StartAsync(_runs, port: server.Address.Port);
        await browser.WaitAsync("document.querySelector('.events').dataset.count === '4'");
        SomeRuns.Complete(folder, 5);
        await browser.WaitAsync("document.querySelector('path[data-name=train]').dataset.points === '5'");
        // The curve and the timeline come over two ways.
        await browser.WaitAsync("document.querySelector('.events').dataset.count === '5'");

        Assert.Equal(
            "epoch 5,epoch 4,epoch 3,epoch 2,epoch 1",
            (string?)
                await browser.EvaluateAsync(
                    "[...document.querySelectorAll('.events li')].map(line => line.lastElementChild.textContent).join()"
                )
        );
        Assert.Null(await browser.EvaluateAsync("document.getElementById('main').dataset.repeated"));
    }

    [Fact]
    public async Task AStopIsAskedOnceAndSaysWhatIsLost()
    {
        var folder = _runs.Write(epochs: 2);
        (RunRecord.Read(folder.Record) with { Status = RunStatus.Running, Ended = null }).Write(
            folder.Record
        );
        _runs.Live.Add("r-7f3k9q");
        var (run, script) = ScriptedRun.Create();
        _runs.Grain = run;
        await using var server = await TestServer.StartAsync(_runs);
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.querySelector('.meter')?.textContent.includes('round 61 of 97')");

        await browser.EvaluateAsync("document.querySelector('[data-act=stop]').click()");
        var asked = (string?)
            await browser.EvaluateAsync("document.querySelector('dialog[open]').textContent");
        Assert.Empty(script.Stops);
        await browser.EvaluateAsync("document.querySelector('dialog .danger').click()");
        await Browser.Until(() => Task.FromResult(script.Stops.Count == 1));

        Assert.Contains("the round in progress is lost", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoNeedsATokenIsAskedForIt()
    {
        const string token = "viewer-0123456789abcdef";
        _runs.Write(epochs: 2);
        await using var server = await TestServer.StartAsync(_runs, $"viewer {token}");
        await using var browser = await Browser.OpenAsync($"{server.Address}#/runs/r-7f3k9q");
        await browser.WaitAsync("document.getElementById('token')");

        await browser.EvaluateAsync($"document.getElementById('token').value = '{token}'");
        await browser.EvaluateAsync("document.querySelector('.problem button').click()");
        await browser.WaitAsync("document.querySelector('.events')?.dataset.count === '2'");

        // A viewer is offered nothing that would be refused.
        Assert.Null(await browser.EvaluateAsync("document.querySelector('[data-act=stop]')"));
    }

    public void Dispose() => _runs.Dispose();

    private static async Task<JsonNode?> Attribute(Browser browser, string selector, string name) =>
        await browser.EvaluateAsync($"Number(document.querySelector('{selector}')?.getAttribute('{name}'))");
}
