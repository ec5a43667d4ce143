using Microsoft.Extensions.Time.Testing;
using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Tests.Output;

public sealed class PlainViewTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(Some.Time);
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly DisplayModel _model = new(Some.Status(), Some.Time);

    [Fact]
    public void AnEpochIsOneLineOfKeysAndValues()
    {
        using var view = new PlainView(_out, _clock);

        Show(view, Some.Update(epochs: [Some.Epoch(171)]));

        Assert.Equal(
            "2026-01-05T10:41:07Z run=r-7f3k9q epoch=171/200 phase=deferred loss=0.4121 acc=0.779 many=0.825 medium=0.778 few=0.719 lr=0.001 img_s=486 eta_s=751\n",
            _out.ToString()
        );
    }

    [Fact]
    public void AnEventIsOneLineWithoutControlCharacters()
    {
        using var view = new PlainView(_out, _clock);

        Show(view, Some.Update(events: [Some.Event("warning", "two\nlines \e[31mred \"quoted\"")]));

        Assert.Equal(
            "2026-01-05T10:41:07Z run=r-7f3k9q event=warning message=\"two lines  [31mred 'quoted'\"\n",
            _out.ToString()
        );
    }

    [Fact]
    public void AWholeRunStaysBelowThreeHundredLinesHoweverLongItsEpochsAre()
    {
        using var view = new PlainView(_out, _clock);
        var epoch = TimeSpan.FromMinutes(70);

        for (var e = 0; e < 200; e++)
        {
            for (var minute = 0; minute < epoch.TotalMinutes; minute++)
            {
                _clock.Advance(TimeSpan.FromMinutes(1));
                var elapsed = (e * epoch) + TimeSpan.FromMinutes(minute);
                Show(
                    view,
                    Some.Update(
                        progress: Some.Progress() with
                        {
                            Elapsed = elapsed,
                            Left = (200 * epoch) - elapsed,
                        }
                    )
                );
            }

            Show(
                view,
                Some.Update(
                    epochs: [Some.Epoch(e + 1)],
                    events: [Some.Event("epoch", "e"), Some.Event("checkpoint", "c")]
                )
            );
        }

        Assert.InRange(Lines().Length, 200, 300);
    }

    [Fact]
    public void WithinALongEpochSilenceIsBrokenAfterThirtySeconds()
    {
        using var view = new PlainView(_out, _clock);

        var soon = Some.Update(
            progress: Some.Progress() with
            {
                Elapsed = TimeSpan.Zero,
                Left = TimeSpan.FromMinutes(10),
            }
        );

        for (var second = 0; second < 65; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Show(view, soon);
        }

        Assert.Equal(2, Lines().Length);
        Assert.Contains("epoch=171/200 round=61/97", Lines()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsWaitedForIsSaidAfterThreeSeconds()
    {
        using var view = new PlainView(_out, _clock);
        var waiting = Some.Update(
            RunStatus.Starting,
            progress: new() { Epochs = 200, Activity = "opening cifar10" }
        );

        Show(view, waiting);
        Assert.Empty(_out.ToString());
        _clock.Advance(TimeSpan.FromSeconds(3));
        Show(view, waiting);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Show(view, waiting);

        Assert.Equal(
            ["2026-01-05T10:41:10Z run=r-7f3k9q state=starting activity=\"opening cifar10\""],
            Lines()
        );
    }

    public void Dispose() => _out.Dispose();

    private void Show(PlainView view, RunUpdate? update)
    {
        if (update is not null)
        {
            _model.Apply(update, _clock.GetUtcNow());
        }

        view.Show(_model, update);
    }

    private string[] Lines() => _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
