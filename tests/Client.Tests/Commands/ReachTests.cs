using System.CommandLine;
using System.CommandLine.Completions;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Processes;

namespace MMOrleans.Client.Tests.Commands;

/// <summary>A verb that works in this process does what it does wherever MM_CLUSTER is set.</summary>
public sealed class ReachTests
{
    private static readonly Dictionary<string, string> InAPod = new()
    {
        ["HOME"] = Path.GetTempPath(),
        ["MM_CLUSTER"] = "mm-silo:30000",
    };

    private static readonly CommandContext Context = new()
    {
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        Environment = new(InAPod),
        Clock = TimeProvider.System,
        WorkingFolder = Path.GetTempPath(),
    };

    public static TheoryData<string> LinesOfThisProcess =>
        [.. Verbs.All.Where(verb => verb.Reach == Reach.ThisProcess).SelectMany(Lines)];

    [Fact]
    public void EveryVerbIsDeclaredUnderItsOwnName() =>
        Assert.All(Verbs.All, verb => Assert.Equal(verb.Name, verb.Create(Context).Name));

    [Theory, MemberData(nameof(LinesOfThisProcess))]
    public async Task AVerbOfThisProcessAnswersTheSameWhenTheEnvironmentNamesACluster(string line)
    {
        using var folder = new TemporaryFolder();
        var without = await CommandRun.OfAsync(
            line,
            new Dictionary<string, string> { ["HOME"] = folder.Path },
            folder.Path
        );
        var within = await CommandRun.OfAsync(
            line,
            new Dictionary<string, string> { ["HOME"] = folder.Path, ["MM_CLUSTER"] = "mm-silo:30000" },
            folder.Path
        );

        Assert.Equal(without, within);
    }

    [Theory, MemberData(nameof(LinesOfThisProcess))]
    public async Task AVerbOfThisProcessRefusesAClusterThatIsTyped(string line)
    {
        var run = await CommandRun.OfAsync($"{line} --cluster mm-silo:30000");

        Assert.Contains("MM1004: --cluster mm-silo:30000 is not offered by mm ", run.Error);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
    }

    [Theory, MemberData(nameof(LinesOfThisProcess))]
    public async Task AVerbOfThisProcessTakesTheWordForNoCluster(string line)
    {
        using var folder = new TemporaryFolder();
        var plain = await CommandRun.OfAsync(line, folder: folder.Path);

        Assert.Equal(plain, await CommandRun.OfAsync($"{line} --cluster none", folder: folder.Path));
    }

    [Fact]
    public async Task AskedForMoreMessagesItSaysThatTheVariableIsNotUsed()
    {
        Assert.Empty((await CommandRun.OfAsync("data list", InAPod)).Error);
        Assert.Contains(
            "MM_CLUSTER=mm-silo:30000 is not used: mm data works in this process",
            (await CommandRun.OfAsync("data list -v", InAPod)).Error
        );
    }

    [Theory]
    [InlineData("none")]
    [InlineData("local")]
    [InlineData("")]
    public async Task AVerbThatSpeaksToClustersStaysHereWhenToldTo(string word)
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.OfAsync(["runs", "--cluster", word], InAPod, folder.Path);

        Assert.Equal(ExitCode.Success, run.ExitCode); // there is no such cluster
    }

    [Fact]
    public async Task ARunIsPlannedForThisProcessWhenToldTo()
    {
        var run = await CommandRun.OfAsync(
            "config check - --origins --cluster none",
            InAPod,
            input: "preset: tiny"
        );

        Assert.Contains("distribution.cluster             null", run.Output);
    }

    // A line for each verb and each verb below it, with words for what it needs.
    private static IEnumerable<string> Lines(Verb verb)
    {
        var command = verb.Create(Context);
        return command.Subcommands.Count == 0
            ? [Line(verb.Name, command)]
            : command.Subcommands.Select(below => Line($"{verb.Name} {below.Name}", below));
    }

    private static string Line(string words, Command command) =>
        string.Join(
            ' ',
            [
                words,
                .. command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).Select(Word),
                .. command
                    .Options.Where(option => option.Required)
                    .Select(option => $"{option.Name} {Word(option)}"),
                .. words == "ui" ? ["no-such-folder"] : Array.Empty<string>(),
            ]
        );

    private static string Word(Symbol symbol) =>
        symbol.GetCompletions(CompletionContext.Empty).FirstOrDefault()?.Label ?? "nothing-of-that-name";
}
