using System.Globalization;
using System.Text;

namespace MMOrleans.Runs.Formats;

/// <summary>A name that a pickle looks up in a module; nothing is looked up, and only a name of a closed list becomes a value.</summary>
/// <param name="Name">Module and name, with a dot between.</param>
internal sealed record PickledName(string Name);

/// <summary>A value of a known type of which nothing is wanted, such as an argument parser's result beside the tensors.</summary>
/// <param name="Name">Its type.</param>
internal sealed record PickledOpaque(string Name);

/// <summary>A string of bytes: Python 3's <c>bytes</c>, and every <c>str</c> of Python 2.</summary>
/// <param name="Bytes">Not copied from the pickle.</param>
internal sealed record PickledBytes(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>As the letters that Python 2 would print.</summary>
    public string Text => Encoding.Latin1.GetString(Bytes.Span);
}

/// <summary>A dictionary, in the order in which it was filled.</summary>
internal sealed class PickledItems : List<(object Key, object Value)>;

/// <summary>A list.</summary>
internal sealed class PickledList : List<object>;

/// <summary>What the values of a pickle are, for those who read them.</summary>
internal static class PickledValue
{
    /// <summary>Python's None.</summary>
    public static object None { get; } = new();

    /// <summary>A text, of either Python; null for anything else.</summary>
    public static string? Text(object value) =>
        value switch
        {
            string text => text,
            PickledBytes bytes => bytes.Text,
            _ => null,
        };

    /// <summary>What a value is, in a refusal.</summary>
    public static string Words(object value) =>
        value switch
        {
            string text => $"the text '{Shortened(text)}'",
            PickledBytes bytes => $"the text '{Shortened(bytes.Text)}'",
            long number => $"the number {number.ToString(CultureInfo.InvariantCulture)}",
            double number => $"the number {number.ToString(CultureInfo.InvariantCulture)}",
            bool truth => truth ? "True" : "False",
            PickledItems => "a dictionary",
            PickledList => "a list",
            object[] => "a tuple",
            PickledName named => $"the name {named.Name}",
            PickledOpaque opaque => $"a {opaque.Name}",
            _ when value == None => "None",
            _ => $"{value}",
        };

    private static string Shortened(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
