using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Text that users bring: UTF-8, or UTF-16 where a byte-order mark says so; the mark is not part of it.</summary>
internal static class DatasetText
{
    /// <summary>UTF-8 that refuses other bytes: two labels must not become one because both cannot be decoded.</summary>
    public static Encoding Strict { get; } = new UTF8Encoding(false, throwOnInvalidBytes: true);

    /// <summary>Decodes all of it.</summary>
    /// <param name="bytes">As stored.</param>
    /// <param name="name">What the error calls it.</param>
    /// <exception cref="FaultException">MM2004: it is neither.</exception>
    public static string Of(ReadOnlyMemory<byte> bytes, string name)
    {
        try
        {
            var (encoding, mark) = EncodingOf(bytes.Span);
            return encoding.GetString(bytes.Span[mark..]);
        }
        catch (DecoderFallbackException exception)
        {
            throw NotText(name, exception);
        }
    }

    // The runtime's readers find the mark too, and then replace what they cannot decode.
    private static (Encoding Encoding, int Mark) EncodingOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? (Strict, 3)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? (Utf16(bigEndian: false), 2)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? (Utf16(bigEndian: true), 2)
        : (Strict, 0);

    private static UnicodeEncoding Utf16(bool bigEndian) =>
        new(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true);

    /// <summary>MM2004: bytes that are not text.</summary>
    public static FaultException NotText(string name, Exception exception) =>
        new(
            "MM2004",
            $"{name} is not UTF-8 text, so that two labels could become one",
            "store it as UTF-8, for example: iconv -f latin1 -t utf8",
            exception
        );
}
