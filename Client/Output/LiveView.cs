using MMOrleans.Grains.Interfaces.Runs;
using Spectre.Console;

namespace MMOrleans.Client.Output;

/// <summary>The live picture on a terminal, drawn at most five times a second.</summary>
internal sealed class LiveView(
    IAnsiConsole console,
    TextWriter terminal,
    Func<(int Width, int Height)> size,
    TimeProvider clock,
    string hint
) : IRunView
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ScreenArea _area = new(console, terminal);
    private readonly DisplayLayout _layout = new(Glyphs.For(console.Profile.Capabilities));
    private DateTimeOffset _drawn = DateTimeOffset.MinValue;
    private DisplayModel? _model;

    public void Show(DisplayModel model, RunUpdate? update)
    {
        _model = model;
        if (clock.GetUtcNow() - _drawn >= Pause || model.IsOver)
        {
            Draw(model);
        }
    }

    public void Note(DisplayModel model, string words)
    {
        model.Notice = words;
        Draw(model);
    }

    public void Dispose()
    {
        // What came within the last pause must not be missing from the picture that stays.
        if (_model is not null)
        {
            Draw(_model);
        }

        _area.Leave();
    }

    private void Draw(DisplayModel model)
    {
        _drawn = clock.GetUtcNow();
        var (width, height) = size();
        _area.Draw(_layout.Lines(model, width, _drawn, hint), width, height);
    }
}
