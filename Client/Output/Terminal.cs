using Spectre.Console;

namespace MMOrleans.Client.Output;

/// <summary>The two streams a verb writes to, and what may be done on them. Results go to one, everything else to the other.</summary>
internal sealed class Terminal
{
    private const int UnknownWidth = 80;
    private const int UnknownHeight = 24;

    private readonly Func<string, string?> _environment;

    /// <param name="output">Results.</param>
    /// <param name="error">Progress, messages, errors.</param>
    /// <param name="outputIsTerminal">Whether a person sees <paramref name="output"/>.</param>
    /// <param name="errorIsTerminal">Whether a person sees <paramref name="error"/>.</param>
    /// <param name="environment">Value of an environment variable.</param>
    /// <param name="colour"><c>auto</c>, <c>always</c> or <c>never</c>.</param>
    public Terminal(
        TextWriter output,
        TextWriter error,
        bool outputIsTerminal,
        bool errorIsTerminal,
        Func<string, string?> environment,
        string colour = "auto"
    )
    {
        _environment = environment;
        Output = output;
        Error = error;
        ErrorIsTerminal = errorIsTerminal;
        Results = Console(output, outputIsTerminal, colour);
        Messages = Console(error, errorIsTerminal, colour);
    }

    /// <summary>Of this process.</summary>
    public static Terminal OfProcess(Func<string, string?> environment, string colour) =>
        new(
            System.Console.Out,
            System.Console.Error,
            !System.Console.IsOutputRedirected,
            !System.Console.IsErrorRedirected,
            environment,
            colour
        );

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>Decorated results, where decoration is wanted.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>Decorated messages, where decoration is wanted.</summary>
    public IAnsiConsole Messages { get; }

    public bool ErrorIsTerminal { get; }

    /// <summary>A terminal that can place the cursor, with a person before it.</summary>
    public bool CanRedraw => ErrorIsTerminal && !IsDumb && _environment("CI") is null or "" or "false";

    private bool IsDumb => _environment("TERM") == "dumb";

    /// <summary>Characters for results.</summary>
    public Glyphs Glyphs => Glyphs.For(Results.Profile.Capabilities);

    /// <summary>Columns and rows now; they change when a window does.</summary>
    public static (int Width, int Height) Size()
    {
        try
        {
            return (
                System.Console.WindowWidth is > 0 and var width ? width : UnknownWidth,
                System.Console.WindowHeight is > 0 and var height ? height : UnknownHeight
            );
        }
        catch (IOException)
        {
            return (UnknownWidth, UnknownHeight);
        }
    }

    /// <summary>Writes lines of results.</summary>
    public void WriteLines(IEnumerable<Line> lines)
    {
        foreach (var line in lines)
        {
            WriteLine(Results, Output, line);
        }
    }

    /// <summary>Writes a line that is not a result.</summary>
    public void Say(Line line) => WriteLine(Messages, Error, line);

    private static void WriteLine(IAnsiConsole console, TextWriter writer, Line line)
    {
        if (!console.Profile.Capabilities.Ansi)
        {
            writer.WriteLine(line.ToString());
            return;
        }

        // A table wider than the window is cut by the terminal, not by us: copied text stays whole.
        console.Profile.Width = Math.Max(line.Width + 1, UnknownWidth);
        writer.WriteLine(console.ToAnsi(new Markup(line.Markup())).TrimEnd('\n', '\r'));
    }

    private IAnsiConsole Console(TextWriter writer, bool isTerminal, string colour)
    {
        var wanted = colour switch
        {
            "always" => true,
            "never" => false,
            _ => isTerminal && !IsDumb && string.IsNullOrEmpty(_environment("NO_COLOR")),
        };
        return AnsiConsole.Create(
            new()
            {
                Ansi = colour == "always" || (isTerminal && !IsDumb) ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = wanted ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
            }
        );
    }
}
