using System.Runtime.CompilerServices;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>A line of a schedule's log, put together only where somebody reads it.</summary>
[InterpolatedStringHandler]
internal ref struct NoteText
{
    private DefaultInterpolatedStringHandler _text;

    public NoteText(int literals, int holes, Schedule schedule, out bool isRead)
    {
        isRead = schedule.IsLogged;
        _text = isRead ? new(literals, holes) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string format) => _text.AppendFormatted(value, format);

    public string Text() => _text.ToStringAndClear();
}
