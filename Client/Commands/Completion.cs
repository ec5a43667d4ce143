using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Processes;

namespace MMOrleans.Client.Commands;

/// <summary>Answers the scripts of <c>mm completion</c>: <c>mm "[suggest:POSITION]" "LINE"</c> prints a word a line.</summary>
internal static class Completion
{
    private const string Directive = "[suggest:";

    public static bool IsAsked(IReadOnlyList<string> args) =>
        args.Count == 2 && args[0].StartsWith(Directive, StringComparison.Ordinal);

    /// <remarks>The parser has no answer within <c>--flag=wor</c>: it is asked for <c>--flag wor</c>, and the flag is put before its words.</remarks>
    public static async Task<int> AnswerAsync(IReadOnlyList<string> args, CommandContext context)
    {
        var position = int.TryParse(args[0][Directive.Length..].TrimEnd(']'), out var n) ? n : args[1].Length;
        var line = args[1][..Math.Clamp(position, 0, args[1].Length)];
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var equals = word.StartsWith("--", StringComparison.Ordinal)
            ? word.IndexOf('=', StringComparison.Ordinal)
            : -1;
        var root = MmRootCommand.Create(context);
        if (equals >= 0)
        {
            var flag = word[..equals];
            if (
                !MmRootCommand
                    .Parse(root, CommandLineParser.SplitCommandLine(line).ToList())
                    .Tokens.Any(token => token.Type == TokenType.Option && token.Value == flag)
            )
                return 0; // what follows an unknown flag would be taken for a verb
            line = $"{line[..^word.Length]}{flag} {word[(equals + 1)..]}";
        }

        var suggest = string.Create(CultureInfo.InvariantCulture, $"{Directive}{line.Length}]");
        using var words = new StringWriter();
        var code = await MmRootCommand
            .Parse(root, [suggest, line])
            .InvokeAsync(new() { Output = words, EnableDefaultExceptionHandler = false });
        foreach (
            var candidate in words
                .ToString()
                .Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
        )
            await context.Output.WriteLineAsync(word[..(equals + 1)] + candidate);
        return code;
    }
}
