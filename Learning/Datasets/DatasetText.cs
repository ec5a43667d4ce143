using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Text that users bring: UTF-8, or UTF-16 where a byte-order mark says so; the mark is no part of it.</summary>
internal static class DatasetText
{
    /// <summary>UTF-8 that refuses other bytes: two labels must not become one because both cannot be decoded.</summary>
    public static Encoding Strict { get; } = new UTF8Encoding(false, throwOnInvalidBytes: true);

    /// <summary>Decodes all of it.</summary>
    /// <param name="bytes">As stored.</param>
    /// <param name="name">What the error calls it.</param>
    /// <exception cref="LearningFault">MM2004: it is neither.</exception>
    public static string Of(ReadOnlyMemory<byte> bytes, string name)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes.ToArray()), Strict);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException exception)
        {
            throw NotText(name, exception);
        }
    }

    /// <summary>MM2004: bytes that are no text.</summary>
    public static LearningFault NotText(string name, Exception exception) =>
        new(
            "MM2004",
            $"{name} is not UTF-8 text, so that two labels could become one",
            "store it as UTF-8, for example: iconv -f latin1 -t utf8",
            exception
        );
}
