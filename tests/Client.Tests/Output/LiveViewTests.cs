using Microsoft.Extensions.Time.Testing;
using MMOrleans.Client.Output;
using Spectre.Console;

namespace MMOrleans.Client.Tests.Output;

public sealed class LiveViewTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(Some.Time);
    private readonly StringWriter _terminal = new() { NewLine = "\n" };
    private readonly DisplayModel _model = new(Some.Status(), Some.Time);

    [Fact]
    public void ItDrawsAtMostFiveTimesASecond()
    {
        using var view = View(ColorSystemSupport.Standard);

        for (var i = 0; i < 100; i++)
        {
            view.Show(_model, null);
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(5, Frames());
    }

    [Fact]
    public void TheCursorIsBackWhenItEnds()
    {
        using (var view = View(ColorSystemSupport.Standard))
        {
            view.Show(_model, null);
            Assert.Contains("\e[?25l", _terminal.ToString(), StringComparison.Ordinal);
        }

        Assert.EndsWith("\e[?25h", _terminal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutColourThereIsNoColour()
    {
        using var view = View(ColorSystemSupport.NoColors);

        view.Show(_model, null);

        Assert.DoesNotMatch("\e\\[[0-9;]*3[0-9]", _terminal.ToString());
    }

    public void Dispose() => _terminal.Dispose();

    private LiveView View(ColorSystemSupport colours)
    {
        var console = AnsiConsole.Create(
            new()
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = colours,
                Out = new AnsiConsoleOutput(_terminal),
            }
        );
        return new(console, _terminal, () => (120, 40), _clock, "hint");
    }

    private int Frames() => _terminal.ToString().Split("\e[?2026h").Length - 1;
}
