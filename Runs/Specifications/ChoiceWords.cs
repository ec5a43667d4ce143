using System.Text.Json;

namespace MMOrleans.Runs.Specifications;

/// <summary>The words of closed choices, as documents and keys of the configuration have them.</summary>
public static class ChoiceWords
{
    /// <summary>Such as <c>effective-number</c>.</summary>
    public static string Word(this Enum choice) => JsonNamingPolicy.KebabCaseLower.ConvertName($"{choice}");

    /// <summary>All words of a choice, in the order of its declaration.</summary>
    public static IReadOnlyList<string> Of(Type choice) =>
        [.. Enum.GetValues(choice).Cast<Enum>().Select(Word)];

    /// <summary>The choice of a word that is one of them.</summary>
    public static object Read(Type choice, string word) =>
        Enum.GetValues(choice).Cast<Enum>().First(value => value.Word() == word);
}
