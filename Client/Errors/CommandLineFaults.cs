using System.CommandLine;
using System.CommandLine.Parsing;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Errors;

/// <summary>Says in our words what is wrong with a command line.</summary>
/// <remarks>The parser's own texts name .NET types, leave out the flag, and dump the help.</remarks>
internal static class CommandLineFaults
{
    /// <summary>Refuses a secret among the arguments, without repeating it.</summary>
    public static void ThrowIfSecret(IReadOnlyList<string> args)
    {
        foreach (var arg in args)
        {
            var name = arg.Split('=', ':')[0];
            if (
                name.StartsWith("--", StringComparison.Ordinal)
                && name != "--token-file"
                && Secrets.IsName(name)
            )
                throw new FaultException(
                    "MM1010",
                    $"{name} puts a secret on the command line, where other users of the machine can read it",
                    "set MM_TOKEN in the environment, or use --token-file FILE"
                );
        }
    }

    public static void ThrowIfAny(ParseResult parsed, CommandContext context)
    {
        var flags = Pasted(parsed, context.WorkingFolder)
            .Concat(UnknownFlags(parsed, context.WorkingFolder))
            .DistinctBy(problem => problem.Message)
            .ToList();
        if (flags.Count > 0) // what follows an unknown flag may be its value or not: nothing is said of it
            throw new FaultException([.. flags]);
        if (GivenTwice(parsed).ToList() is { Count: > 0 } twice)
            throw new FaultException(twice);
        if (Empty(parsed).ToList() is { Count: > 0 } empty)
            throw new FaultException(empty);
        if (parsed.Errors.Count == 0)
            return;
        var problems = Unmatched(parsed)
            .Concat(parsed.Errors.Select(error => Describe(parsed, error)).OfType<Fault>());
        throw new FaultException([.. problems.DefaultIfEmpty(Fallback(parsed)).Distinct()]);
    }

    /// <summary>What a word processor makes of hyphens and quotes; a file of such a name is meant where there is one.</summary>
    private static IEnumerable<Fault> Pasted(ParseResult parsed, string folder)
    {
        foreach (var word in Words(parsed).Select(token => token.Value))
        {
            if (Path.Exists(Path.Combine(folder, word)))
                continue;
            var name = word.Split('=')[0];
            if (
                Typography.Hyphens(name) is { } typed
                && (IsFlag(parsed, typed) ? typed : Suggestion.For(typed, Flags(parsed))) is { } meant
            )
                yield return new(
                    "MM1001",
                    $"'{name}' begins with {Typography.NameOf(name[0])}, which is not a hyphen; it was probably pasted from a document",
                    $"write {meant}{word[name.Length..]}"
                );
            else if (Typography.Quotes(word) is { } straight)
                yield return new(
                    "MM1002",
                    $"{word} has typographic quotes, which no shell takes away; it was probably pasted from a document",
                    $"write {Shell.Quote(straight)}"
                );
        }
    }

    // In the order in which they were typed.
    private static IEnumerable<Fault> GivenTwice(ParseResult parsed)
    {
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
            foreach (var option in command.Children.OfType<OptionResult>())
                if (
                    option is { Implicit: false, IdentifierTokenCount: > 1 }
                    && !option.Option.ValueType.IsArray
                    && option.Tokens.Count > 0
                )
                    yield return new(
                        "MM1005",
                        $"{option.Option.Name} is given {Times(option.IdentifierTokenCount)}: {string.Join(" and ", option.Tokens.Select(token => $"'{token.Value}'"))}",
                        $"keep one, such as {option.Option.Name} {Shell.Quote(option.Tokens[^1].Value)}"
                    );
    }

    // An empty path would be the working folder, an empty name the usual one: mostly a variable of a script that is not set.
    private static IEnumerable<Fault> Empty(ParseResult parsed)
    {
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
            foreach (var child in command.Children)
                if (child.Tokens.Any(token => token.Value.Trim().Length == 0))
                    switch (child)
                    {
                        case OptionResult option
                            when option.Option.Name != Invocations.GlobalOptions.ClusterFlag:
                            yield return new(
                                "MM1002",
                                $"{option.Option.Name} got an empty value; a variable of the command may not be set",
                                $"leave {option.Option.Name} out, or give a value: {option.Option.Name} {Example(option.Option, Wants(option.Option.ValueType).Example)}"
                            );
                            break;
                        case ArgumentResult argument:
                            var name = argument.Argument.Name.ToUpperInvariant();
                            yield return new(
                                "MM1002",
                                $"{name} is empty; a variable of the command may not be set",
                                $"{Line(parsed.CommandResult)} {name}"
                            );
                            break;
                    }
    }

    private static string Times(int count) => count == 2 ? "twice" : $"{count} times";

    private static IEnumerable<Token> Words(ParseResult parsed) =>
        parsed
            .Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument);

    /// <summary>Words that look like flags, were none, and so became an argument or nothing; those after <c>--</c> are meant.</summary>
    private static IEnumerable<Fault> UnknownFlags(ParseResult parsed, string folder)
    {
        var end = parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash).ToHashSet();
        return parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(end.Contains)
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .Where(word => word.Length > 1 && word[0] == '-' && !double.TryParse(word, out _))
            .Select(word =>
                Path.Exists(Path.Combine(folder, word))
                    ? new(
                        "MM1001",
                        $"{word} begins with a hyphen and is taken for a flag, though there is such a file",
                        $"write {Shell.Path(word)}"
                    )
                    : UnknownFlag(parsed, word)
            );
    }

    private static Fault UnknownFlag(ParseResult parsed, string word)
    {
        var name = word.Split('=', ':')[0];
        if (FamiliarNames.Translate(name.TrimStart('-')) is { } familiar)
            return new(
                "MM1001",
                $"unknown flag {name}: published code's name for {familiar.Key}",
                familiar.Fix
            );
        var nearest = Suggestion.For(name, Flags(parsed));
        return new(
            "MM1001",
            $"unknown flag {name}{(nearest is null ? "" : $" (did you mean {nearest}?)")}",
            nearest is null ? $"list the flags: {Line(parsed.CommandResult)} --help" : $"write {nearest}"
        );
    }

    private static IEnumerable<Fault> Unmatched(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (command.Subcommands.Count > 0)
            {
                var verbs = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
                var nearest = Suggestion.For(token, verbs);
                yield return new(
                    "MM1001",
                    $"unknown verb '{token}'{(nearest is null ? "" : $" (did you mean '{nearest}'?)")}",
                    nearest is null
                        ? $"one of: {string.Join(", ", verbs)}"
                        : $"{Line(parsed.CommandResult)} {nearest}"
                );
            }
            else
            {
                yield return new(
                    "MM1001",
                    $"'{token}' is one word too many for {Line(parsed.CommandResult)}",
                    $"leave it out, or see {Line(parsed.CommandResult)} --help"
                );
            }
        }
    }

    private static Fault? Describe(ParseResult parsed, ParseError error)
    {
        var result = error.SymbolResult;
        while (result is ArgumentResult { Parent: OptionResult parent })
            result = parent;
        switch (result)
        {
            case OptionResult option:
                var flag = option.Option.Name;
                var wants = Wants(option.Option.ValueType);
                if (option.Tokens.Count == 0)
                    return new(
                        "MM1002",
                        $"{flag} wants {wants.What}, got nothing",
                        $"such as {flag} {Example(option.Option, wants.Example)}"
                    );
                var value = option.Tokens[^1].Value;
                if (Choices(option.Option) is { Count: > 0 } choices)
                    return new(
                        "MM1004",
                        $"{flag} must be one of {string.Join(", ", choices)}, got '{value}'{Suggestion.Ask(value, choices)}",
                        $"{flag} {Suggestion.For(value, choices) ?? choices[0]}"
                    );
                return new(
                    "MM1002",
                    $"{flag} wants {wants.What}, got '{value}'",
                    $"such as {flag} {Example(option.Option, wants.Example)}"
                );
            case ArgumentResult argument when argument.Tokens.Count > 0:
                return new(
                    "MM1002",
                    $"{argument.Argument.Name.ToUpperInvariant()} wants {Wants(argument.Argument.ValueType).What}, got '{argument.Tokens[^1].Value}'",
                    $"see {Line(parsed.CommandResult)} --help"
                );
            case ArgumentResult argument:
                return new(
                    "MM1001",
                    $"{Line(parsed.CommandResult)} needs {argument.Argument.Name.ToUpperInvariant()}",
                    $"{Line(parsed.CommandResult)} {argument.Argument.Name.ToUpperInvariant()}"
                );
            case CommandResult command
                when command.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0:
                return new(
                    "MM1001",
                    $"{Line(command)} needs a verb",
                    $"one of: {string.Join(", ", command.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}"
                );
            case CommandResult command when parsed.UnmatchedTokens.Count == 0:
                var missing = command
                    .Command.Options.FirstOrDefault(o => o.Required && command.GetResult(o) is null)
                    ?.Name;
                missing ??= command
                    .Command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0)
                    ?.Name.ToUpperInvariant();
                return missing is null
                    ? null
                    : new("MM1001", $"{Line(command)} needs {missing}", $"see {Line(command)} --help");
            default:
                return null;
        }
    }

    private static Fault Fallback(ParseResult parsed) =>
        new("MM1001", parsed.Errors[0].Message, $"see {Line(parsed.CommandResult)} --help");

    private static List<string> Choices(Option option) =>
        option.ValueType == typeof(string)
            ?
            [
                .. option
                    .GetCompletions(System.CommandLine.Completions.CompletionContext.Empty)
                    .Select(item => item.Label),
            ]
            : [];

    private static string Example(Option option, string example) =>
        Choices(option) is [var first, ..] ? first : option.HelpName ?? example;

    private static IEnumerable<string> Flags(ParseResult parsed) =>
        OptionsOf(parsed).Select(option => option.Name);

    private static bool IsFlag(ParseResult parsed, string word) =>
        OptionsOf(parsed).Any(option => option.Name == word || option.Aliases.Contains(word));

    private static IEnumerable<Option> OptionsOf(ParseResult parsed)
    {
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
            foreach (var option in command.Command.Options)
                if (command == parsed.CommandResult || option.Recursive)
                    yield return option;
    }

    /// <summary>The verb as it is typed: <c>mm config check</c>.</summary>
    private static string Line(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Line(parent)} {result.Command.Name}" : "mm";

    private static (string What, string Example) Wants(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(int) || type == typeof(long) ? ("a whole number", "200")
            : type == typeof(double) ? ("a number", "0.1")
            : type == typeof(bool) ? ("true or false", "true")
            : ("a value", "VALUE");
    }
}
