using System.Buffers;
using System.Security.Cryptography;

namespace MMOrleans.Runs.Folders;

/// <summary>Ids of runs: <c>r-</c> and six letters or digits that are not mistaken for each other.</summary>
public static class RunId
{
    private const string Prefix = "r-";
    private const int Length = 6;
    private const int MostLetters = 64;

    /// <summary>Crockford's base 32: without i, l, o and u.</summary>
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>A new id.</summary>
    /// <param name="taken">Whether an id is in use.</param>
    public static string New(Predicate<string> taken)
    {
        while (true)
        {
            var id = Prefix + RandomNumberGenerator.GetString(Alphabet, Length);
            if (!taken(id))
            {
                return id;
            }
        }
    }

    /// <summary>The id that a hash stands for: always the same one.</summary>
    /// <param name="hash">Six bytes or more, each as likely as any.</param>
    public static string Of(ReadOnlySpan<byte> hash)
    {
        Span<char> letters = stackalloc char[Length];
        for (var i = 0; i < Length; i++)
        {
            letters[i] = Alphabet[hash[i] % Alphabet.Length];
        }

        return Prefix + letters.ToString();
    }

    /// <summary>Whether a text can name a run's folder and nothing else: small letters, digits and <c>-</c>, not first.</summary>
    public static bool MayNameAFolder(string text) =>
        text.Length is > 0 and <= MostLetters
        && text[0] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Whether a folder of that name can hold a run: an id, or one with something behind it, as a copy has.</summary>
    public static bool MayNameARun(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && MayNameAFolder(text);

    /// <summary>Whether a text is an id; only such a text may become part of a path.</summary>
    public static bool IsId(string text) =>
        text.Length == Prefix.Length + Length
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.AsSpan(Prefix.Length).IndexOfAnyExcept(Letters) < 0;
}
