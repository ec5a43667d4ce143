using System.Globalization;

namespace MMOrleans.Api.Events;

/// <summary>How far somebody has read a file of lines: the byte after the last line, and what lies before it.</summary>
/// <remarks>
/// A resume cuts lines off and writes others in their place, so that a number alone could mean another line than was read. The bytes before it
/// tell: a cursor that does not match begins again.
/// </remarks>
/// <param name="Offset">Bytes read.</param>
/// <param name="Hash">Hash of the last of them.</param>
internal readonly record struct LineCursor(long Offset, ulong Hash)
{
    /// <summary>Nothing was read.</summary>
    public static LineCursor Start => default;

    public static bool TryParse(string? text, out LineCursor cursor)
    {
        cursor = default;
        if (
            text?.Split('-') is not [var offset, var hash]
            || !long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            || !ulong.TryParse(
                hash,
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var sum
            )
        )
            return false;
        cursor = new(bytes, sum);
        return true;
    }

    public override string ToString() => $"{Offset}-{Hash:x16}";
}
