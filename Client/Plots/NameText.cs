using System.Globalization;
using System.Text;
using HarfBuzzSharp;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace MMOrleans.Client.Plots;

/// <summary>A class name of any script as outlines: its letters joined and ordered as they are read, each from a typeface that has it.</summary>
/// <remarks>
/// The line runs from left to right. A stretch of right-to-left letters in it, with the spaces and numbers between them, is turned round as
/// a whole, and numbers in it read as ever: what the bidirectional algorithm does to names, which have no brackets within brackets.
/// </remarks>
internal static class NameText
{
    /// <summary>Letters of one typeface and one direction, in the order in which they are drawn.</summary>
    /// <param name="Text">In the order in which they are read.</param>
    /// <param name="Face">Has all of them.</param>
    /// <param name="IsRightToLeft">Direction.</param>
    internal sealed record Run(string Text, SKTypeface Face, bool IsRightToLeft);

    /// <summary>Whether the typeface of figures draws a text letter by letter, as a text of its own in an SVG.</summary>
    public static bool IsPlain(string text) =>
        text.EnumerateRunes()
            .All(rune =>
                !IsRightToLeft(rune)
                && Rune.GetUnicodeCategory(rune)
                    is not (
                        UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark
                        or UnicodeCategory.Format
                    )
                && NameTypefaces.Usual.GetGlyph(rune.Value) != 0
            );

    /// <summary>Whether a letter only says how others are drawn, such as a joiner.</summary>
    public static bool HasNoForm(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control
        || rune.Value is >= 0xFE00 and <= 0xFE0F;

    /// <summary>The pieces of a text from left to right.</summary>
    public static IReadOnlyList<Run> Runs(string text)
    {
        var runes = text.EnumerateRunes().Where(rune => !Rune.IsControl(rune)).ToList();
        var runs = new List<Run>();
        for (var at = 0; at < runes.Count; )
        {
            var end = EndOfRightToLeft(runes, at);
            if (end > at)
            {
                runs.AddRange(Pieces(runes[at..end], isRightToLeft: true).Reverse());
                at = end;
                continue;
            }

            end = runes.FindIndex(at, IsRightToLeft);
            end = end < 0 ? runes.Count : end;
            runs.AddRange(Pieces(runes[at..end], isRightToLeft: false));
            at = end;
        }

        return runs;
    }

    /// <summary>The outline of a text, its left end at 0 on the base line.</summary>
    /// <param name="text">A line.</param>
    /// <param name="size">Pixels.</param>
    /// <returns>The outline, to be disposed, and how wide the text runs.</returns>
    public static (SKPath Outline, float Width) Outline(string text, float size)
    {
        var outline = new SKPath();
        var width = 0f;
        foreach (var run in Runs(text))
        {
            using var font = new SKFont(run.Face, size);
            using var shaper = new SKShaper(run.Face);
            using var buffer = new HarfBuzzSharp.Buffer();
            buffer.AddUtf8(run.Text);
            buffer.GuessSegmentProperties();
            buffer.Direction = run.IsRightToLeft ? Direction.RightToLeft : Direction.LeftToRight;
            var shaped = shaper.Shape(buffer, font);
            for (var i = 0; i < shaped.Codepoints.Length; i++)
            {
                using var glyph = font.GetGlyphPath((ushort)shaped.Codepoints[i]);
                if (glyph is not null)
                    outline.AddPath(glyph, width + shaped.Points[i].X, shaped.Points[i].Y);
            }

            width += shaped.Width;
        }

        return (outline, width);
    }

    // From a right-to-left letter to the last one before a left-to-right letter, and numbers that follow it after spaces only.
    private static int EndOfRightToLeft(List<Rune> runes, int at)
    {
        if (!IsRightToLeft(runes[at]))
            return at;
        var (end, onlySpaces) = (at, true);
        for (var i = at; i < runes.Count; i++)
        {
            var rune = runes[i];
            if (IsRightToLeft(rune) || (Rune.IsDigit(rune) && onlySpaces))
                (end, onlySpaces) = (i + 1, true);
            else if (Rune.IsLetter(rune))
                break;
            else
                onlySpaces &= Rune.IsWhiteSpace(rune);
        }

        return end;
    }

    // Cut where the typeface changes, and around numbers, which are read from left to right everywhere.
    private static IEnumerable<Run> Pieces(IReadOnlyList<Rune> runes, bool isRightToLeft)
    {
        var piece = new StringBuilder();
        var (face, isNumber) = (NameTypefaces.Usual, false);
        foreach (var rune in runes)
        {
            var joins = HasNoForm(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark;
            var own =
                face.GetGlyph(rune.Value) != 0 && joins
                    ? face
                    : NameTypefaces.Of(rune) ?? NameTypefaces.Usual;
            var digit = isRightToLeft && Rune.IsDigit(rune);
            if (piece.Length > 0 && !joins && (own != face || digit != isNumber))
            {
                yield return new(piece.ToString(), face, isRightToLeft && !isNumber);
                piece.Clear();
            }

            if (!joins)
                (face, isNumber) = (own, digit);
            piece.Append(rune.ToString());
        }

        if (piece.Length > 0)
            yield return new(piece.ToString(), face, isRightToLeft && !isNumber);
    }

    // Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours; the forms for presentation; the old scripts of the second plane.
    private static bool IsRightToLeft(Rune rune) =>
        rune.Value
            is (>= 0x0590 and <= 0x08FF and not (>= 0x0660 and <= 0x0669) and not (>= 0x06F0 and <= 0x06F9))
                or (>= 0xFB1D and <= 0xFDFF)
                or (>= 0xFE70 and <= 0xFEFC)
                or (>= 0x10800 and <= 0x10FFF)
                or (>= 0x1E800 and <= 0x1EFFF);
}
