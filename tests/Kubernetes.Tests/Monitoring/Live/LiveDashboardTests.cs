using System.Text.RegularExpressions;
using MMOrleans.Dashboards;

namespace MMOrleans.Kubernetes.Tests.Monitoring.Live;

/// <summary>What dashboards, alerts, traces and logs show of a real cluster that loses a silo.</summary>
public partial class LiveDashboardTests(WatchedCluster cluster, ITestOutputHelper output)
    : IClassFixture<WatchedCluster>
{
    private const int MostSpansOfATrace = 500;

    /// <summary>Panels that can have no data here, and why. One that has some must leave this list.</summary>
    internal static IReadOnlyDictionary<(string Dashboard, string Panel), string> WithoutData { get; } =
        new Dictionary<(string, string), string>
        {
            [("cluster", "Exchange compression")] = "nothing compresses what is exchanged in this version",
        };

    [Fact]
    public void EveryQueryOfEveryPanelReturnsDataExceptOfThoseThatCannot()
    {
        Programs.Require("prometheus");
        Assert.Equal(Dashboard.All.Sum(dashboard => dashboard.Panels.Count()), cluster.Panels.Count);
        var empty = cluster
            .Panels.Where(entry => entry.Value.Any(count => count == 0))
            .Select(entry => (entry.Key.Dashboard.Name, entry.Key.Panel.Title))
            .ToHashSet();

        output.WriteLine(
            $"{cluster.Panels.Count} panels, {cluster.Panels.Values.Sum(counts => counts.Length)} queries, {cluster.Panels.Values.Sum(counts => counts.Sum())} series; without data: {string.Join(", ", empty)}"
        );
        Assert.True(
            empty.SetEquals(WithoutData.Keys),
            $"without data: {string.Join(", ", empty.Except(WithoutData.Keys))}; with data though listed: {string.Join(", ", WithoutData.Keys.Except(empty))}\n{cluster.Story}"
        );
    }

    [Fact]
    public void WhatEveryAlertIsComputedFromIsThere()
    {
        Programs.Require("prometheus");
        Assert.NotEmpty(cluster.Alerts);
        Assert.DoesNotContain(cluster.Alerts, alert => alert.Value == 0);
    }

    [Fact]
    public void PrometheusTakesEveryRuleAndOneLostSiloIsNoAlarm()
    {
        Programs.Require("prometheus");
        Assert.All(cluster.Rules, rule => Assert.True(rule.Health is "ok", $"{rule.Name} is {rule.Health}"));
        Assert.DoesNotContain(cluster.Rules, rule => rule.State == "firing");
    }

    [Fact]
    public void TheVariablesOfTheDashboardsHaveValues()
    {
        Programs.Require("prometheus");
        Assert.Equal([PrometheusServer.Job], cluster.Variables["job"]);
        Assert.Equal(["r-watched"], cluster.Variables["run"]);
    }

    [Fact]
    public void RoundTimesLeadToTracesThatAreThere()
    {
        Programs.Require("prometheus");
        var traces = cluster.Spans.Select(span => span.Trace).ToHashSet();

        Assert.NotEmpty(cluster.Exemplars);
        Assert.All(cluster.Exemplars, trace => Assert.Contains(trace, traces));
    }

    [Fact]
    public void TracesOfSeveralSilosAreShortAndWithoutOrphans()
    {
        Programs.Require("prometheus");
        var ids = cluster.Spans.Select(span => span.Id).ToHashSet();
        var orphans = cluster
            .Spans.Where(span => span.Parent.Length > 0 && !ids.Contains(span.Parent))
            .ToList();
        var traces = cluster.Spans.GroupBy(span => span.Trace).ToList();

        output.WriteLine(
            $"{cluster.Spans.Count} spans in {traces.Count} traces, {traces.Max(trace => trace.Count())} in the longest; {orphans.Count} orphans"
        );
        Assert.Empty(orphans.Select(span => span.Name));
        Assert.All(traces, trace => Assert.InRange(trace.Count(), 1, MostSpansOfATrace));
        Assert.All(cluster.Spans, span => Assert.Equal("r-watched", span.Attributes["mmorleans.run.id"]));
        Assert.Contains(cluster.Spans, span => span.Name == "recover");
    }

    [Fact]
    public void LogsOfTheRunCarryTraceSpanAndEvent()
    {
        Programs.Require("prometheus");
        var spans = cluster.Spans.ToDictionary(span => span.Id);
        var logs = cluster.Logs.Where(log => log.Attributes.ContainsKey("mmorleans.run.id")).ToList();
        var traced = logs.Where(log => log.Span.Length > 0).ToList();

        output.WriteLine($"{logs.Count} log records of the run, {traced.Count} with a span");
        Assert.NotEmpty(traced);
        Assert.All(traced, log => Assert.Equal(log.Trace, spans[log.Span].Trace));
        Assert.All(logs, log => Assert.Matches(EventName(), log.Attributes["mmorleans.event.name"]));
    }

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex EventName();
}
