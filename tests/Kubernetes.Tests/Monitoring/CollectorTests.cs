using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Monitoring;

/// <summary>The collector's settings, as they come out of the overlay that has one. No collector was there to load them.</summary>
public partial class CollectorTests
{
    private readonly Overlay _production = Kustomize.Build("production");

    [Fact]
    public void WhatAPipelineNamesIsThereMemoryIsLimitedFirstAndSendingIsInBatches()
    {
        var settings = Settings();
        var pipelines = Section(Section(settings, "service"), "pipelines");

        Assert.Equal(["logs", "metrics", "traces"], pipelines.Keys.Order());
        foreach (var (signal, pipeline) in pipelines)
        {
            Assert.Equal(["otlp"], Names(pipeline, "receivers"));
            Assert.Equal(["memory_limiter", "batch"], Names(pipeline, "processors"));
            var exporter = Assert.Single(Names(pipeline, "exporters"));
            Assert.Contains(Filled(exporter), Section(settings, "exporters").Keys);
            // And the one to send it on with, which is chosen by its variable.
            Assert.Contains(
                Section(settings, "exporters").Keys,
                name => name.EndsWith($"/{signal}", StringComparison.Ordinal)
            );
        }

        Assert.All(
            Names(pipelines["traces"], "processors"),
            name => Assert.Contains(name, Section(settings, "processors").Keys)
        );
    }

    [Fact]
    public void EveryVariableOfTheSettingsHasAValue()
    {
        var asked = Variable().Matches(Text()).Select(match => match.Groups[1].Value).Distinct().Order();

        Assert.Equal(asked, Variables().Keys.Order());
        Assert.All(Variables().Values, value => Assert.NotEqual("", value));
    }

    [Fact]
    public void WhereItSendsToItMayGo()
    {
        var policy = _production
            .All<V1NetworkPolicy>()
            .Single(policy => policy.Metadata.Name == "mm-otel-collector");
        var ports = policy
            .Spec.Egress.SelectMany(rule => rule.Ports)
            .Select(port => port.Port.Value)
            .ToHashSet();

        Assert.All(
            Variables().Where(variable => variable.Key.EndsWith("_ENDPOINT", StringComparison.Ordinal)),
            variable => Assert.Contains(Port().Match(variable.Value).Groups[1].Value, ports)
        );
    }

    private string Text() =>
        _production.All<V1ConfigMap>().Single(map => map.Data.ContainsKey("collector.yaml")).Data[
            "collector.yaml"
        ];

    private Dictionary<string, object?> Settings() =>
        KubernetesYaml.Deserialize<Dictionary<string, object?>>(Text());

    private IReadOnlyDictionary<string, string> Variables() =>
        _production.EnvironmentOf(
            _production.Workloads.Single(w => w.Name == "Deployment mm-otel-collector").Containers.Single()
        );

    private string Filled(string text) =>
        Variable().Replace(text, match => Variables()[match.Groups[1].Value]);

    private static Dictionary<string, object?> Section(Dictionary<string, object?> of, string name) =>
        ((Dictionary<object, object?>)of[name]!).ToDictionary(
            entry => (string)entry.Key,
            entry => entry.Value
        );

    private static List<string> Names(object? pipeline, string kind) =>
        [.. ((List<object>)((Dictionary<object, object?>)pipeline!)[kind]!).Cast<string>()];

    [GeneratedRegex(@"\$\{env:(\w+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@":(\d+)(/|$)")]
    private static partial Regex Port();
}
