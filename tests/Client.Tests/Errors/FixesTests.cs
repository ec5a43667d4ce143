using System.CommandLine;
using System.Text.RegularExpressions;
using MMOrleans.Client.Commands;
using MMOrleans.Configuration.Sources;
using MMOrleans.Tests;

namespace MMOrleans.Client.Tests.Errors;

/// <summary>A command that a message proposes is one that mm takes: its verb exists, and its flags are that verb's.</summary>
public sealed partial class FixesTests
{
    private static readonly RootCommand Root = MmRootCommand.Create(
        new()
        {
            Output = TextWriter.Null,
            Error = TextWriter.Null,
            Environment = EnvironmentSnapshot.Empty,
            Clock = TimeProvider.System,
            WorkingFolder = Path.GetTempPath(),
        }
    );

    public static TheoryData<string> Projects =>
        ["Api", "Client", "Configuration", "Grains", "Learning", "Runs", "Silo"];

    [Theory, MemberData(nameof(Projects))]
    public void EveryCommandOfAMessageIsOne(string project)
    {
        var found = 0;
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(Checkout.Root, project), "*.cs", SearchOption.AllDirectories)
                .Where(file =>
                    !file.Contains(
                        $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                        StringComparison.Ordinal
                    )
                )
        )
        foreach (Match command in Proposed().Matches(WithoutComments(file)))
        {
            found++;
            Check(command.Groups[1].Value, $"{Path.GetFileName(file)}: {command.Value}");
        }

        if (project is "Client" or "Learning")
            Assert.NotEqual(0, found);
    }

    [Theory]
    [InlineData("train --no-such-flag x")]
    [InlineData("nonsense latest")]
    [InlineData("data nonsense")]
    public void ACommandThatIsNoneIsFound(string command) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(command, command));

    private static string WithoutComments(string file) =>
        string.Join(
            '\n',
            File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
        );

    private static void Check(string words, string where)
    {
        var parts = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var command = Root.Subcommands.FirstOrDefault(verb => verb.Name == parts[0]);
        Assert.True(command is not null, $"{where}: no verb {parts[0]}");
        if (command.Subcommands.Count > 0 && parts.Length > 1 && Word().IsMatch(parts[1]))
        {
            var below = command.Subcommands.FirstOrDefault(verb => verb.Name == parts[1]);
            Assert.True(
                below is not null || command.Arguments.Count > 0 || command.Action is not null,
                $"{where}: no verb {parts[0]} {parts[1]}"
            );
            command = below ?? command;
        }

        foreach (Match flag in Flag().Matches(words))
            Assert.True(
                Root.Options.Concat(command.Options)
                    .Any(option => option.Name == flag.Value || option.Aliases.Contains(flag.Value)),
                $"{where}: mm {command.Name} has no {flag.Value}"
            );
    }

    // After a colon, a comma, an opening quote or at the beginning; up to whatever ends the command.
    [GeneratedRegex(
        @"(?<=[:,'""]\s?|[;]\s|or |with |and |then )\bmm ((?!(?:do|reads|has)\b)[a-z]+(?: (?!(?:or|and|says|is|do|looks|lists|shows|names|to|then|with|goes|trains|writes|of|for)\b)[^\s;,""')&>|]+)*)"
    )]
    private static partial Regex Proposed();

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex Word();

    [GeneratedRegex("(?<= )--[a-z][a-z-]*")]
    private static partial Regex Flag();
}
