using System.Text.RegularExpressions;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Monitoring.Alerts;

/// <summary>Alerts, checked and played by Prometheus' own tool.</summary>
public partial class RuleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void EveryAlertThatUsersAskForIsThere() =>
        Assert.Equal(
            [
                "MMOrleansCheckpointOld",
                "MMOrleansDiskAlmostFull",
                "MMOrleansFewShotFalling",
                "MMOrleansLossNotFinite",
                "MMOrleansNoRound",
                "MMOrleansRoundsHealed",
                "MMOrleansRoundsSlow",
                "MMOrleansSiloFlapping",
                "MMOrleansStateMismatch",
                "MMOrleansTelemetryDropped",
                "MMOrleansTrainersBelowMinimum",
            ],
            RuleFile.Alerts.Select(alert => alert.Alert).Order()
        );

    [Fact]
    public void EveryAlertSaysHowBadItIsWhatItMeansAndWhatToDo() =>
        Assert.All(
            RuleFile.Alerts,
            alert =>
            {
                Assert.Contains(alert.Labels["severity"], (string[])["critical", "warning"]);
                Assert.NotEqual("", alert.Annotations["summary"]);
                Assert.NotEqual("", alert.Annotations["description"]);
                Assert.Matches(Condition(), RuleFile.Parts(alert).Condition);
            }
        );

    [Fact]
    public void RulesAskForMetricsAndLabelsOfThePage()
    {
        foreach (var rule in RuleFile.All)
            MetricNames.AreOfThePage(rule.Expr);
    }

    [Fact]
    public async Task TheRulesAreInOrder()
    {
        await using var check = new ChildProcess(
            Programs.Require("promtool"),
            ["check", "rules", RuleFile.Rules],
            RuleFile.Folder
        );
        Assert.True(await check.EndAsync(Patience) == 0, check.Output);
        Assert.Contains($"{RuleFile.All.Count} rules found", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryAlertFiresWhenItShouldAndKeepsSilentOtherwise()
    {
        await using var play = new ChildProcess(
            Programs.Require("promtool"),
            ["test", "rules", RuleFile.Cases],
            RuleFile.Folder
        );
        Assert.True(await play.EndAsync(Patience) == 0, play.Output);
    }

    [Fact]
    public void EveryAlertHasACaseInWhichItFiresAndOneInWhichItIsSilent()
    {
        var cases = File.ReadAllText(RuleFile.Cases);
        Assert.All(
            RuleFile.Alerts,
            alert =>
            {
                var firing = Regex.Count(cases, $"labels: ALERTS\\{{alertname=\"{alert.Alert}\"");
                var questions = Regex.Count(cases, $"expr: ALERTS\\{{alertname=\"{alert.Alert}\"");
                Assert.InRange(firing, 1, 10);
                Assert.True(questions > firing, $"{alert.Alert} is never asked for while it is silent");
            }
        );
    }

    [Fact]
    public void TheOperatorsResourceIsMadeFromTheSameRules()
    {
        var resource = Overlay
            .Read(File.ReadAllText(Path.Combine(RuleFile.Folder, "prometheusrule.yaml")))
            .All<PrometheusRule>()
            .Single();
        Assert.Equal(
            RuleFile.All.Select(rule => (rule.Alert, rule.Record, rule.Expr, rule.For)),
            resource.Spec.Groups.SelectMany(g => g.Rules).Select(r => (r.Alert, r.Record, r.Expr, r.For))
        );
    }

    [Fact]
    public void ProductionHasTheAlerts() =>
        Assert.Equal(
            RuleFile.All.Count,
            Kustomize
                .Build("production")
                .All<PrometheusRule>()
                .Single()
                .Spec.Groups.Sum(group => group.Rules.Count)
        );

    [GeneratedRegex(@"^(==|<|>) \d+(\.\d+)?$")]
    private static partial Regex Condition();
}
