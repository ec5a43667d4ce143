using System.Globalization;

namespace MMOrleans.Client.Plots;

/// <summary>Class names as figures show them: short enough for an axis, and drawn in letters or not at all.</summary>
internal static class ClassLabels
{
    private const int Longest = 24;
    private const int Head = 15;
    private const int Tail = Longest - Head - 1;

    /// <summary>Stands at an axis where a class is there by its number.</summary>
    public const string Note = "by number where no typeface here has the letters of a name";

    /// <summary>A name; the class's number where no typeface has all letters of the name.</summary>
    /// <param name="name">As the data has it.</param>
    /// <param name="index">From 0.</param>
    public static string Of(string name, int index) =>
        NameTypefaces.CanDraw(name) ? Shortened(name) : $"class {index}";

    /// <summary>The label of an axis of classes, with a note where one of them has another name than the data's.</summary>
    /// <param name="label">Without the note.</param>
    /// <param name="names">All names on the axis.</param>
    public static string Axis(string label, IEnumerable<string> names) =>
        names.All(NameTypefaces.CanDraw) ? label : $"{label}; {Note}";

    // Names often differ at their end: n02099601_golden_retriever, n02099712_labrador_retriever.
    private static string Shortened(string name)
    {
        var letters = new StringInfo(name.ReplaceLineEndings(" "));
        return letters.LengthInTextElements <= Longest
            ? letters.String
            : $"{letters.SubstringByTextElements(0, Head)}…{letters.SubstringByTextElements(letters.LengthInTextElements - Tail)}";
    }
}
