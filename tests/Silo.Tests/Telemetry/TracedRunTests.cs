using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Tests;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Tests.Telemetry;

/// <summary>What a collector and a scraper see of a run.</summary>
[Collection("telemetry")]
public sealed partial class TracedRunTests(TracedRun run, ITestOutputHelper output) : IClassFixture<TracedRun>
{
    /// <summary>Metrics of the specification that this run has something to say about.</summary>
    private static readonly string[] Heard =
    [
        "mmorleans.round.duration",
        "mmorleans.stage.duration",
        "mmorleans.rounds",
        "mmorleans.samples",
        "mmorleans.exchange.io",
        "mmorleans.transport.silos",
        "mmorleans.dataset.images",
        "mmorleans.dataset.queue",
        "mmorleans.checkpoint.duration",
        "mmorleans.checkpoint.size",
        "mmorleans.checkpoint.failures",
        "mmorleans.trainers",
        "mmorleans.membership.changes",
        "mmorleans.replica.mismatches",
        "mmorleans.telemetry.dropped",
        "mmorleans.storage.free",
        "mmorleans.runs",
        "mmorleans.run.failures",
        "mmorleans.queue.wait",
        "mmorleans.run.progress",
        "mmorleans.run.epoch",
        "mmorleans.run.eta",
        "mmorleans.run.phase",
        "mmorleans.run.trainers.missing",
        "mmorleans.run.checkpoint.age",
        "mmorleans.run.checkpoint.lag",
        "mmorleans.run.loss",
        "mmorleans.run.accuracy",
        "mmorleans.run.ece",
        "mmorleans.run.margin.median",
        "mmorleans.run.learning_rate",
        "mmorleans.run.gradient.norm",
        "mmorleans.run.weight.norm",
        "mmorleans.run.class.error",
    ];

    /// <summary>Metrics that say something of losses only.</summary>
    private static readonly string[] Silent = ["mmorleans.recovery.duration"];

    private readonly TelemetryPage _page = new();

    [Fact]
    public void EveryMetricReachesTheCollectorOfARunOfSeconds() =>
        Assert.Equal(Heard.Order(), run.Series.Select(series => series.Name).Distinct().Order());

    [Fact]
    public void OrleansAndTheRuntimeAreExportedBeside() =>
        Assert.Equal(
            ["MMOrleans", "Microsoft.Orleans", "System.Runtime"],
            run.Meters.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void ThePageNamesTheInstrumentsAndNoOthers()
    {
        Assert.Equal(Heard.Concat(Silent).Order(), _page.Metrics.Select(metric => metric.Name).Order());
        Assert.Equal(
            _page.Metrics.Select(metric => (metric.Name, metric.Kind, metric.Unit, metric.Meaning)).Order(),
            run.Instruments.Select(i => (i.Name, Kind(i), i.Unit ?? "", i.Description ?? "")).Order()
        );
    }

    [Fact]
    public void AttributesAreThoseOfThePageAndTheirValuesAreFew()
    {
        foreach (var metric in _page.Metrics)
        {
            var series = run.Series.Where(s => s.Name == metric.Name).ToList();
            Assert.All(series, s => Assert.Equal(metric.Attributes.Order(), s.Attributes.Keys.Order()));
            var different = series.Select(s => string.Join(' ', s.Attributes.OrderBy(a => a.Key))).Distinct();
            Assert.InRange(different.Count(), 0, 12); // the most are two trainers' six stages
            foreach (var (name, value) in series.SelectMany(s => s.Attributes))
                if (_page.Values.TryGetValue(name, out var values))
                    Assert.Contains(value, values);
        }
    }

    [Fact]
    public void EveryStageAndBothPhasesAreMeasured()
    {
        Assert.Equal(
            ["apply", "backward", "data", "exchange", "forward", "wait"],
            Values("mmorleans.stage.duration", "mmorleans.stage")
        );
        Assert.Equal(["deferred", "main"], Values("mmorleans.round.duration", "mmorleans.phase"));
        Assert.Equal(
            ["load", "save", "verify"],
            Values("mmorleans.checkpoint.duration", "mmorleans.operation")
        );
        Assert.Equal(
            ["MM5001", "MM5003", "MM5004", "MM5005", "MM5006"],
            Values("mmorleans.checkpoint.failures", "error.type")
        );
        Assert.Equal(["test", "train"], Values("mmorleans.run.loss", "mmorleans.split"));
        string[] shots = ["all", "few", "many", "medium"];
        Assert.Equal(shots, Values("mmorleans.run.accuracy", "mmorleans.shot"));
        Assert.Equal(shots, Values("mmorleans.run.ece", "mmorleans.shot"));
        Assert.Equal(shots, Values("mmorleans.run.margin.median", "mmorleans.shot"));
        Assert.Contains("working", Values("mmorleans.trainers", "mmorleans.state"));
    }

    [Fact]
    public void CountsAreThoseOfTheRunAndNothingIsLostAtItsEnd()
    {
        // Seven rounds an epoch, and those since the checkpoint before the damaged one once more.
        var redone = Last("mmorleans.rounds", "clean") - (7 * TracedRun.Epochs);
        Assert.InRange(redone, 0, 7);
        Assert.Equal(Last("mmorleans.rounds", "clean"), Last("mmorleans.round.duration"));
        var images = 194 * TracedRun.Epochs;
        // The round in which the stop came may have been closed by one trainer and abandoned by the one that speaks for it.
        Assert.InRange(Last("mmorleans.samples"), images, images + ((redone + 1) * 32));
        Assert.Equal(1, Last("mmorleans.run.progress"));
        Assert.Equal(TracedRun.Epochs, Last("mmorleans.run.epoch"));
        Assert.Equal(1, Last("mmorleans.runs", "finished"));
        Assert.Equal(4, Last("mmorleans.membership.changes", "join")); // two trainers, twice
        Assert.Equal(1, Last("mmorleans.checkpoint.failures"));
        Assert.InRange(Last("mmorleans.storage.free"), 0.0001, 1);
        Assert.Equal(0, Last("mmorleans.run.trainers.missing"));
    }

    [Fact]
    public void WhatHasNotHappenedYetIsCountedAsZeroFromTheStart()
    {
        foreach (
            var series in (string[])
                [
                    "rounds_total|outcome=\"healed\"",
                    "rounds_total|outcome=\"abandoned\"",
                    "membership_changes_total|reason=\"crash\"",
                    "membership_changes_total|reason=\"suspect\"",
                    "dataset_images_total|outcome=\"skipped\"",
                    "checkpoint_failures_total|error_type=\"MM5003\"",
                    "run_failures_total|error_type=\"MM4003\"",
                    "replica_mismatches_total|",
                    "telemetry_dropped_total|signal=\"traces\"",
                ]
        )
        {
            var (name, label) = (series.Split('|')[0], series.Split('|')[1]);
            Assert.Matches($@"(?m)^mmorleans_{name}\{{[^}}]*{label}[^}}]*\}} 0", run.ScrapedIdle);
        }
    }

    [Fact]
    public void PrometheusServesTheSameByItsOwnNames()
    {
        foreach (var metric in _page.Metrics.Where(metric => Heard.Contains(metric.Name)))
        {
            var name = metric.Name.Replace('.', '_');
            name += metric.Unit switch
            {
                "s" => "_seconds",
                "By" => "_bytes",
                _ => "",
            };
            name += metric.Kind switch
            {
                "counter" => "_total",
                "histogram" => "_bucket",
                _ => "",
            };
            Assert.Matches($@"(?m)^{name}(\{{| )", run.Scraped);
        }

        Assert.Contains("dotnet_", run.Scraped, StringComparison.Ordinal);
        Assert.Contains("orleans_", run.Scraped, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainersAreShownBeforeTheyHaveWork()
    {
        Assert.Matches("""(?m)^mmorleans_trainers\{[^}]*mmorleans_state="idle"[^}]*\} 2""", run.ScrapedIdle);
        Assert.Contains("draining", Values("mmorleans.trainers", "mmorleans.state"));
    }

    [Fact]
    public void EverySpanOfThePageArrivesUnderItsParent()
    {
        var spans = run.Spans.ToDictionary(span => span.Id);
        Assert.Equal(
            _page.Spans.Select(span => span.Name).Where(name => name != "recover").Order(),
            run.Spans.Select(span => span.Name).Distinct().Order()
        );
        foreach (var span in run.Spans.Where(span => span.Name != "run.start" || span.Parent.Length > 0))
            Assert.Equal(
                _page.Spans.Single(s => s.Name == span.Name).Parent,
                span.Parent.Length == 0 ? "" : spans[span.Parent].Name
            );
    }

    [Fact]
    public void NoSpanIsAnOrphanAndEveryOneNamesTheRun()
    {
        var ids = run.Spans.Select(span => span.Id).ToHashSet();

        Assert.All(
            run.Spans,
            span => Assert.True(span.Parent.Length == 0 || ids.Contains(span.Parent), span.Name)
        );
        Assert.All(run.Spans, span => Assert.Equal(TracedRun.Id, span.Attributes["mmorleans.run.id"]));
        Assert.All(run.Spans, span => Assert.True(span.End >= span.Start, span.Name));
        Assert.All(run.Spans, span => Assert.Matches(NameWithoutNumbers(), span.Name));
        Assert.All(run.Spans.GroupBy(span => span.Trace), trace => Assert.InRange(trace.Count(), 1, 500));
    }

    [Fact]
    public void AttributesOfSpansAreThoseOfThePage()
    {
        foreach (var span in run.Spans)
            Assert.Subset(
                _page
                    .Spans.Single(s => s.Name == span.Name)
                    .Attributes.Append("mmorleans.run.id")
                    .ToHashSet(),
                span.Attributes.Keys.Where(key => key != "error.type").ToHashSet()
            );
    }

    [Fact]
    public void AnExchangeThatMovedBytesSaysByWhichTransport()
    {
        var exchanges = Named("exchange")
            .Where(span => span.Attributes.ContainsKey("mmorleans.bytes"))
            .ToList();

        Assert.NotEmpty(exchanges);
        Assert.All(exchanges, span => Assert.Equal("none", span.Attributes["mmorleans.transport"]));
    }

    [Fact]
    public void EpochsAndTheEndAreLinkedToTheStartAndARepeatedEpochToTheFirst()
    {
        var starts = Named("run.start").Select(span => span.Id).ToHashSet();
        Assert.Equal(2, starts.Count);
        Assert.Contains(Named("run.start"), start => start.Parent == run.SubmitSpan);
        Assert.All(Named("epoch"), epoch => Assert.Contains(epoch.Links, starts.Contains));
        Assert.All(Named("run.end"), end => Assert.Contains(end.Links, starts.Contains));
        Assert.Equal(
            ["stopped", "finished"],
            Named("run.end").Select(end => end.Attributes["mmorleans.status"])
        );
        Assert.Equal(Named("epoch").Count, run.Spans.Count(span => span.Name == "train"));
        Assert.Equal(2, Named("device.init").Count(span => span.Parent == Named("run.start")[0].Id));
    }

    [Fact]
    public void BothTrainersAreInTheRoundsAndNothingFailed()
    {
        Assert.Equal(
            ["local/t0", "local/t1"],
            Named("compute").Select(span => span.Attributes["mmorleans.trainer"]).Distinct().Order()
        );
        // The round in which the stop came may have been closed by the one that speaks for it alone.
        Assert.InRange(
            Named("round")
                .Where(round => round.Attributes["mmorleans.outcome"] == "clean")
                .Count(round => run.Spans.Count(span => span.Parent == round.Id) != 2),
            0,
            1
        );
        Assert.DoesNotContain(run.Spans, span => span.IsError);
    }

    [Fact]
    public void AnExporterInMemoryGetsTheSameSpans()
    {
        output.WriteLine(
            $"{run.Spans.Count} spans in {run.Spans.GroupBy(span => span.Trace).Count()} traces, {run.Spans.GroupBy(span => span.Trace).Max(trace => trace.Count())} in the longest"
        );
        Assert.Equal(
            run.Spans.Select(span => span.Id).Order(),
            run.InMemory.Where(span => Equals(span.GetTagItem("mmorleans.run.id"), TracedRun.Id))
                .Select(span => span.SpanId.ToHexString())
                .Order()
        );
    }

    [Fact]
    public void WhatIsLoggedOfTheRunLeadsToItsSpansAndHasAName()
    {
        var spans = run.Spans.ToDictionary(span => span.Id);
        var logs = run.Logs.Where(log => log.Attributes.ContainsKey("Run")).ToList();

        Assert.Contains(logs, log => log.Attributes["mmorleans.event.name"] == "leases");
        Assert.Contains(logs, log => log.Attributes["mmorleans.event.name"] == "ended");
        Assert.All(
            logs,
            log =>
            {
                Assert.Equal(TracedRun.Id, log.Attributes["mmorleans.run.id"]);
                Assert.Contains(log.Span, spans.Keys);
                Assert.Equal(spans[log.Span].Trace, log.Trace);
            }
        );
    }

    [Fact]
    public void ClosingIsQuick() => Assert.InRange(run.Closing, TimeSpan.Zero, TimeSpan.FromSeconds(5));

    [Fact]
    public async Task TheStateIsTheSameWithTelemetryWithoutItAndWithNobodyAtTheOtherEnd()
    {
        using var folder = new TemporaryFolder();
        var silent = await LocalRun.TrainAsync(folder.Path, TracedRun.Specification, 2, "r-silent");
        Assert.Equal(run.StateSha256, silent.StateSha256);

        await using var deaf = await Receiver.StartAsync(answers: false);
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = 2,
                Device = "cpu",
                OtlpEndpoint = deaf.Address,
            }
        );
        var grain = cluster.Grains.GetGrain<IRunGrain>("r-unheard");
        await grain.SubmitAsync(
            new(
                "r-unheard",
                MMOrleans.Runs.Specifications.SpecificationDocument.Write(TracedRun.Specification),
                new() { Name = "unheard", Traces = "all" }
            )
        );
        Assert.Equal(run.StateSha256, (await LocalRun.EndAsync(grain)).StateSha256);
    }

    private List<ReceivedSpan> Named(string name) =>
        [.. run.Spans.Where(span => span.Name == name).OrderBy(span => span.Start)];

    private IEnumerable<string> Values(string metric, string attribute) =>
        run.Series.Where(s => s.Name == metric).Select(s => s.Attributes[attribute]).Distinct().Order();

    /// <summary>The last value that was exported, over all series or those with an attribute's value.</summary>
    private double Last(string metric, string? value = null) =>
        run
            .Series.Where(s => s.Name == metric && (value is null || s.Attributes.Values.Contains(value)))
            .GroupBy(s => string.Join(' ', s.Attributes.OrderBy(a => a.Key)))
            .Sum(series => series.Last().Value);

    private static string Kind(Instrument instrument) =>
        instrument switch
        {
            Histogram<double> => "histogram",
            Counter<long> => "counter",
            ObservableUpDownCounter<long> => "up-down counter",
            _ => "gauge",
        };

    [GeneratedRegex(@"^[a-z]+(\.[a-z]+)*$")]
    private static partial Regex NameWithoutNumbers();
}
