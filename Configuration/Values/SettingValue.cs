using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Values;

/// <summary>What a key of a configuration or an option of a silo may hold: reads it, writes it, and describes it to people and to the schema.</summary>
/// <param name="Wants">Such as <c>a whole number</c>.</param>
internal abstract record SettingValue(string Wants)
{
    /// <summary>A value as it is typed; what refusals propose.</summary>
    public string Example { get; init; } = "";

    /// <summary>The word <c>auto</c> is a value.</summary>
    public bool Auto { get; init; }

    /// <summary><c>null</c> is a value.</summary>
    public bool Nullable { get; init; }

    /// <summary>Reads a value of a configuration.</summary>
    /// <returns>Why it is refused; null when <paramref name="value"/> is what it holds.</returns>
    public Refusal? Read(Node node, out object? value)
    {
        value = null;
        if (node is ScalarNode { IsNull: true })
            return Nullable ? null : Wrong("nothing");
        if (Auto && node is ScalarNode { Text: "auto" })
        {
            value = "auto";
            return null;
        }

        return Interpret(node, out value);
    }

    /// <summary>Reads the text of an option or variable, which has no place in a file.</summary>
    /// <returns>Why it is refused; null when <paramref name="value"/> is what it holds.</returns>
    public virtual Refusal? ReadText(string text, out object? value) =>
        Read(new ScalarNode(text, Quoted: false, new(Origin.Environment, "")), out value);

    /// <summary>A value as it would be typed.</summary>
    public virtual string Write(object? value) =>
        value switch
        {
            null => "null",
            bool truth => truth ? "true" : "false",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            string text => text == "auto" && Auto ? text : Quote(text),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    /// <summary>JSON Schema of the values.</summary>
    public JsonObject Schema()
    {
        var own = Describe();
        if (!Auto && !Nullable)
            return own;
        var any = new JsonArray(own);
        if (Auto)
            any.Add(new JsonObject { ["const"] = "auto" });
        if (Nullable)
            any.Add(new JsonObject { ["type"] = "null" });
        return new() { ["anyOf"] = any };
    }

    /// <summary>Values worth offering to a shell.</summary>
    public virtual IEnumerable<string> Completions => Auto ? ["auto"] : [];

    /// <summary>JSON Schema of the values, without auto and null.</summary>
    protected abstract JsonObject Describe();

    /// <summary>Reads a value that is neither auto nor null.</summary>
    protected abstract Refusal? Interpret(Node node, out object? value);

    /// <summary>A text in quotes where YAML would take it for something else.</summary>
    internal static string Quote(string text) =>
        Regex.IsMatch(text, "^[A-Za-z./_][A-Za-z0-9._/@-]*$")
        && text is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n")
            ? text
            : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    protected Refusal Wrong(string got, string? fix = null) =>
        new("MM1002", $"wants {Wants}{(Auto ? " or auto" : "")}, got {got}", fix ?? Example);

    protected static string Show(Node node) =>
        node switch
        {
            ScalarNode { Quoted: true } s => $"the text \"{s.Text}\"",
            ScalarNode s => $"'{s.Text}'",
            ListNode => "a list",
            _ => "a mapping",
        };

    /// <summary>A plain number that every YAML reader takes for the same; null otherwise.</summary>
    protected static double? Plain(Node node) =>
        node is ScalarNode { Quoted: false } s
        && Regex.IsMatch(
            s.Text,
            @"^[+-]?(0|[1-9][0-9]*|(0|[1-9][0-9]*)?\.[0-9]+|(0|[1-9][0-9]*)\.)([eE][+-]?[0-9]+)?$"
        )
        && double.TryParse(s.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    /// <summary>The number that was probably meant, with the reason where YAML readers disagree on what was written.</summary>
    protected static string? Meant(Node node, bool whole) =>
        node is ScalarNode { Text: var text } && NumberMeant.Of(text, whole) is { } number
            ? Regex.IsMatch(text, "^[+-]?[0-9_]+$") && node is ScalarNode { Quoted: false }
                ? $"{number} (YAML readers disagree on {text})"
                : number
            : null;
}
