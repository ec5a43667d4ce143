using System.Globalization;
using MMOrleans.Grains;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Tests.Configuration;

/// <summary>One table of options: what is read, checked and listed.</summary>
public sealed class SiloOptionsTests
{
    private const string Unreadable = "?!";

    private static readonly Dictionary<string, string> None = [];

    /// <summary>What grains read themselves is an option of a silo as every other: known, checked and in its help.</summary>
    [Fact]
    public void EveryOptionOfTheGrainsIsOneOfTheSilo() =>
        Assert.Equal(
            GrainsHosting.Keys.Keys.Order(),
            SiloOptions
                .All.Select(option => option.Path)
                .Where(path => path.StartsWith("Liveness:", StringComparison.Ordinal))
                .Order()
        );

    [Fact]
    public void EveryOptionThatCannotBeReadIsRefusedByItsFlagAndItsKeyAtOnce()
    {
        var options = SiloOptions
            .All.Where(option => option.Value.ReadText(Unreadable, out _) is not null)
            .ToList();

        var (_, problems, _) = Read([.. options.SelectMany(option => (string[])[option.Typed, Unreadable])]);

        Assert.True(options.Count >= 30, $"only {options.Count} options read more than a text");
        foreach (var option in options)
        {
            var problem = Assert.Single(
                problems,
                one => one.Message.StartsWith($"{option.Shown} ", StringComparison.Ordinal)
            );
            Assert.Contains(problem.Code, (string[])["MM1002", "MM1004"]);
            Assert.Contains(option.Path, problem.Message, StringComparison.Ordinal);
            Assert.Contains(option.Flag ?? "", problem.Message, StringComparison.Ordinal);
            Assert.Contains($"got '{Unreadable}'", problem.Message, StringComparison.Ordinal);
            Assert.StartsWith($"{option.Typed} ", problem.Fix, StringComparison.Ordinal);
        }

        Assert.Equal(options.Count, problems.Count);
    }

    [Theory]
    [InlineData("--trainers", "many", "MM1002", "wants a whole number, got 'many'", "2")]
    [InlineData("--trainers", "257", "MM1004", "must be 0 to 256, got 257", "2")]
    [InlineData("--shutdown-timeout", "61m", "MM1004", "must be 50ms to 1h, got 61m", "60s")]
    [InlineData("--dashboard", "yes", "MM1002", "wants true or false, got 'yes'", "true")]
    [InlineData(
        "--Liveness:Patience",
        "5",
        "MM1002",
        "wants a duration such as 60s, 10m or 1h30m, got '5'",
        "5s"
    )]
    [InlineData("--Liveness:Balance", "-1s", "MM1004", "must be 0s to a year, got -1s", "10s")]
    public void ARefusalSaysWhatWouldDo(string flag, string text, string code, string says, string fix)
    {
        var problem = Assert.Single(Read([flag, text]).Problems);

        Assert.Equal(code, problem.Code);
        Assert.EndsWith(says, problem.Message, StringComparison.Ordinal);
        Assert.Equal($"{flag} {fix}", problem.Fix);
    }

    [Fact]
    public void ExamplesAreValues() =>
        Assert.All(
            SiloOptions.All,
            option => Assert.Null(option.Value.ReadText(option.Value.Example, out _)?.Text)
        );

    [Theory]
    [InlineData("90s")]
    [InlineData("1m30s")]
    [InlineData("1.5m")]
    [InlineData("00:01:30")]
    public void DurationsAreWrittenAsThoseOfRunsOrAsDotNetWritesThem(string text)
    {
        var (settings, problems, configuration) = Read([
            "--shutdown-timeout",
            text,
            "--Membership:TableRefresh",
            text,
            "--Liveness:Regroup",
            text,
        ]);

        Assert.Empty(problems);
        var time = TimeSpan.FromSeconds(90);
        Assert.Equal((time, time), (settings.ShutdownTimeout, settings.Membership!.TableRefresh));
        // What the grains' own binding understands.
        Assert.Equal(
            time,
            TimeSpan.ParseExact(configuration["Liveness:Regroup"]!, "c", CultureInfo.InvariantCulture)
        );
    }

    [Fact]
    public void WhatNobodySaysIsAsTheSettingsHaveIt()
    {
        var (settings, problems, _) = Read([]);

        Assert.Empty(problems);
        Assert.Equal(new MembershipTimes(), settings.Membership);
        Assert.Equal(
            ("mmorleans", "auto", null, TimeSpan.FromSeconds(60)),
            (settings.ClusterId, settings.Device, settings.Trainers, settings.ShutdownTimeout)
        );
        Assert.Equal(Path.GetFullPath("runs"), settings.RunsFolder);
    }

    [Fact]
    public void AFileSaysTrueAsJsonDoes()
    {
        using var folder = new Grains.Tests.TemporaryFolder();
        var file = Path.Combine(folder.Path, "silo.json");
        File.WriteAllText(file, """{ "Api": { "Dashboard": true }, "Ports": { "Health": 0 } }""");

        var (settings, problems, _) = Read(["--config", file]);

        Assert.Empty(problems);
        Assert.True(settings.HasDashboard);
    }

    [Fact]
    public async Task EveryOptionIsInTheHelpWithItsDefault()
    {
        using var output = new StringWriter();

        Assert.Equal(0, await SiloProcess.RunAsync(["--help"], None, output, TextWriter.Null));

        var lines = $"{output}".Split('\n', StringSplitOptions.TrimEntries);
        foreach (var option in SiloOptions.All)
        {
            var line = Assert.Single(
                lines,
                line => line.EndsWith($"[{option.Path}]", StringComparison.Ordinal)
            );
            Assert.StartsWith($"{option.Typed} ", line, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("{usual}", $"{output}", StringComparison.Ordinal);
        Assert.Contains(
            "how often the table is read without cause; 5s [",
            $"{output}",
            StringComparison.Ordinal
        );
        Assert.Contains("for other silos; 11111, or a free one", $"{output}", StringComparison.Ordinal);
        Assert.Contains("three heartbeats or more; 5s [", $"{output}", StringComparison.Ordinal);
    }

    private static (
        SiloSettings Settings,
        IReadOnlyList<Fault> Problems,
        Microsoft.Extensions.Configuration.IConfiguration Configuration
    ) Read(string[] args)
    {
        List<Fault> problems = [];
        string[] ports =
        [
            .. ((string[])["--port", "--gateway-port"])
                .Where(flag => !args.Contains(flag))
                .SelectMany(flag => (string[])[flag, "0"]),
        ];
        var sources = SiloSources.Read([.. ports, .. args], None, problems);
        return (
            new SiloSettingsReader(sources.Configuration, problems).Read(),
            problems,
            sources.Configuration
        );
    }
}
