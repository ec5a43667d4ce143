using System.Globalization;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>Lays a followed run out as lines: the whole picture, without the lower tables below 100 columns, one line below 60.</summary>
internal sealed class DisplayLayout(Glyphs glyphs)
{
    private const int TablesFrom = 100;
    private const int PictureFrom = 60;
    private const int BarWidth = 40;
    private const int SparkWidth = 24;
    private const int EventsShown = 5;
    private const int TrainersShown = 8;
    private const int EventIndent = 11; // where the message begins

    // Wider lines are harder to read, not fuller.
    private const int WidestLine = 120;

    /// <summary>The lines to show now.</summary>
    /// <param name="model">What is known.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="now">For the clock.</param>
    /// <param name="hint">The last line: what the keys do.</param>
    public IReadOnlyList<Line> Lines(DisplayModel model, int width, DateTimeOffset now, string hint)
    {
        // A full last column leaves terminals undecided where the cursor is.
        var usable = Math.Min(width - 1, WidestLine);
        List<Line> lines =
            width < PictureFrom ? [OneLine(model, now)] : [.. Picture(model, width, usable, now, hint)];
        return [.. lines.Select(line => line.Crop(usable, glyphs))];
    }

    private IEnumerable<Line> Picture(
        DisplayModel model,
        int columns,
        int width,
        DateTimeOffset now,
        string hint
    )
    {
        yield return Title(model, width, now);
        yield return Progress(model, width);
        yield return Numbers(model, width, now);
        if (model.Evaluated is { } evaluated)
        {
            yield return new Line();
            yield return Accuracy(model, evaluated, width);
            yield return Curves(model, width);
        }

        if (columns >= TablesFrom && !model.Progress.Trainers.IsDefaultOrEmpty)
        {
            yield return new Line();
            foreach (var line in Trainers(model.Progress.Trainers))
            {
                yield return line;
            }
        }

        if (columns >= TablesFrom)
        {
            foreach (var happening in model.Events.Where(e => e.Kind != "epoch").Reverse().Take(EventsShown))
            {
                foreach (var line in Event(happening, width))
                    yield return line;
            }
        }

        if ((model.Notice ?? (model.IsOver ? "" : hint)) is { Length: > 0 } bottom)
        {
            foreach (var line in Fold.Words(bottom, width - 1))
                yield return new Line().Add(" ").Add(line, model.Notice is null ? "grey" : "yellow");
        }
    }

    private Line Title(DisplayModel model, int width, DateTimeOffset now)
    {
        var (state, style) = StateWords(model, now);
        var line = new Line()
            .Add(" run ", "grey")
            .Add(model.RunId, "bold cyan")
            .Add("  ")
            .Add(model.Name, "bold")
            .Add("   ")
            .Add(RunTitle.Of(model.Specification, glyphs))
            .Crop(width - state.Length - 2, glyphs);
        return line.To(width - state.Length - 1, least: 1).Add(state, style);
    }

    private Line Progress(DisplayModel model, int width)
    {
        var progress = model.Progress;
        var share = Share(progress);
        var bar = Math.Clamp(width - 60, 10, BarWidth);
        // Halves of a character: a bar of forty moves eighty times.
        var halves = (int)(share * bar * 2);
        var line = new Line()
            .Add(" epoch ", "grey")
            .Add($"{DisplayedEpoch(progress)}/{progress.Epochs}", "bold")
            .Add(" ")
            .Add(new string(glyphs.BarFull, halves / 2), "green");
        if (halves % 2 == 1)
        {
            line.Add($"{glyphs.BarHalf}", "green");
        }

        line.Add(new string(glyphs.BarRest, bar - ((halves + 1) / 2)), "grey");
        // 100 % is said when it is done, not when it rounds up to it.
        line.Add($" {Math.Floor(share * 100):0} %", "bold").Add("  ");
        if (progress.Activity.Length > 0)
        {
            line.Add(progress.Activity, "yellow");
        }
        else
        {
            line.Named("round", $"{progress.RoundOfEpoch}/{progress.RoundsPerEpoch}");
        }

        return line.Add("   ").Add(Phase(model), progress.Phase == "deferred" ? "magenta" : "grey");
    }

    private static Line Numbers(DisplayModel model, int width, DateTimeOffset now)
    {
        var progress = model.Progress;
        var (elapsed, left) = model.Clock(now);
        var line = new Line().Add(" ").Add(Figures.Clock(elapsed), "bold").Add(" elapsed   ", "grey");
        if (!model.IsOver)
        {
            line.Add(left is { } rest ? Figures.Clock(rest) : "?", "bold").Add(" left   ", "grey");
        }

        line.Add($"{progress.ImagesPerSecond:0}", "bold").Add(" img/s", "grey");
        // Between two rounds there is none; the last epoch's says how it stands.
        var loss =
            double.IsFinite(progress.Loss) ? progress.Loss
            : model.Epochs is [.., { TrainLoss: var last }] ? last
            : double.NaN;
        const string gap = "   ";
        if (double.IsFinite(loss))
            line.AddIfFits(width, gap, new Line().Named("loss", Figures.Value(Math.Round(loss, 4))));
        line.AddIfFits(width, gap, new Line().Named("lr", Figures.Value(progress.LearningRate)));
        return progress.GradientNorm > 0
            ? line.AddIfFits(
                width,
                gap,
                new Line().Named("grad norm", Figures.Value(Math.Round(progress.GradientNorm, 2)))
            )
            : line;
    }

    private static Line Accuracy(DisplayModel model, EpochResult epoch, int width)
    {
        var line = new Line().Add(" test accuracy   ", "grey").Named("all", Figures.Points(epoch.Accuracy));
        const string gap = "   ";
        foreach (var (name, value) in Groups(epoch))
            line.AddIfFits(
                width,
                gap,
                new Line().Named(name, Figures.Points(value), name == "few" ? "bold cyan" : "bold")
            );

        if (Worst(epoch, model.ClassNames) is { } worst)
            line.AddIfFits(
                width,
                gap,
                new Line().Named("worst class", Figures.Points(worst.Accuracy)).Add($" ({worst.Name})")
            );

        return model.Best is { } best
            ? line.AddIfFits(
                width,
                gap + " ",
                new Line().Named("best", Figures.Points(best.Accuracy), "bold green").Add($" at {best.Epoch}")
            )
            : line;
    }

    private Line Curves(DisplayModel model, int width)
    {
        var points = Math.Clamp((width - 30) / 2, 8, SparkWidth);
        var loss = Sparkline.Of([.. model.Epochs.Select(epoch => epoch.TrainLoss)], points, glyphs.Spark);
        var tail = model.Epochs.Select(Tail).OfType<double>().ToArray();
        return new Line()
            .Add(" loss ", "grey")
            .Add(loss, "yellow")
            .To(points + 10, least: 4)
            .Add("tail accuracy ", "grey")
            .Add(Sparkline.Of(tail, points, glyphs.Spark), "cyan");
    }

    private static IEnumerable<Line> Trainers(IReadOnlyList<TrainerStatus> trainers)
    {
        var table = new TextTable(
            ("TRAINER", false),
            ("DEVICE", false),
            ("SLOTS", false),
            ("IMG/S", true),
            ("ROUND", true),
            ("DATA", true),
            ("COMPUTE", true),
            ("EXCHANGE", true),
            ("WAIT", true),
            ("STATE", false)
        );
        foreach (var trainer in trainers.Take(TrainersShown))
        {
            table.Add(
                (trainer.Trainer, ""),
                (trainer.Device, ""),
                (trainer.Slots.IsEmpty ? "spare" : trainer.SlotRanges, ""),
                ($"{trainer.ImagesPerSecond:0}", ""),
                (trainer.RoundSeconds > 0 ? Figures.Duration(trainer.RoundSeconds) : "-", ""),
                (Figures.Percent(trainer.DataShare), ""),
                (Figures.Percent(trainer.ComputeShare), ""),
                (Figures.Percent(trainer.ExchangeShare), ""),
                (Figures.Percent(trainer.WaitShare), ""),
                (trainer.State, TrainerStyle(trainer.Stage))
            );
        }

        foreach (var line in table.Lines(indent: 1))
        {
            yield return line;
        }

        if (trainers.Count > TrainersShown)
        {
            yield return new Line().Add($" and {trainers.Count - TrainersShown} more", "grey");
        }
    }

    private static IEnumerable<Line> Event(RunEvent happening, int width)
    {
        var style = happening.Kind switch
        {
            "warning" or "membership" => "yellow",
            "error" => "red",
            "phase" => "magenta",
            "finished" => "green",
            _ => "",
        };
        var time =
            $" {happening.Time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}".PadRight(
                EventIndent
            );
        foreach (var words in Fold.Words(happening.Message, width - EventIndent))
        {
            yield return new Line().Add(time, "grey").Add(words, style);
            time = new string(' ', EventIndent);
        }
    }

    private static Line OneLine(DisplayModel model, DateTimeOffset now)
    {
        var progress = model.Progress;
        var line = new Line().Add(model.RunId, "bold cyan");
        if (model.State != RunStatus.Running || model.LostSince is not null)
        {
            var (state, style) = StateWords(model, now);
            line.Add(" ").Add(state, style);
        }

        line.Add(
            $" {DisplayedEpoch(progress)}/{progress.Epochs} {Math.Floor(Share(progress) * 100):0} %",
            "bold"
        );
        if (model.Evaluated is { } epoch)
        {
            line.Add(" acc ", "grey").Add(Figures.Points(epoch.Accuracy));
            line.Add(" few ", "grey").Add(Figures.Points(epoch.Few), "cyan");
        }
        else
        {
            line.Add(" loss ", "grey").Add(Figures.Value(Math.Round(progress.Loss, 3)));
        }

        return model.Clock(now).Left is { } left && !model.IsOver
            ? line.Add(" ").Add(Figures.Clock(left)).Add(" left", "grey")
            : line;
    }

    private static string Phase(DisplayModel model)
    {
        var specification = model.Specification;
        var stages = new StagePlan(specification);
        if (model.Progress.Phase == PhaseName.Pretraining)
            return $"{specification.Pretraining?.Kind} pre-training until {stages.PretrainingEpochs}";
        return specification.Method.Reweight switch
        {
            Reweighting.Deferred when model.Progress.Phase == PhaseName.Deferred =>
                $"deferred re-weighting since {stages.FirstDeferredEpoch}",
            Reweighting.Deferred => $"re-weighting from {stages.FirstDeferredEpoch}",
            Reweighting.Balanced => "re-weighted",
            _ => "",
        };
    }

    private static (string Words, string Style) StateWords(DisplayModel model, DateTimeOffset now) =>
        model.LostSince is { } since
            ? ($"reconnecting ({(now - since).TotalSeconds:0} s)", "bold yellow")
            : (model.State.Word(), StateStyle(model.State));

    /// <summary>The colour of a state, the same wherever it is shown.</summary>
    public static string StateStyle(RunStatus state) =>
        state switch
        {
            RunStatus.Running => "bold green",
            RunStatus.Finished => "bold green",
            RunStatus.Failed => "bold red",
            RunStatus.Stopping or RunStatus.Stopped => "bold yellow",
            _ => "bold",
        };

    private static string TrainerStyle(TrainerStage stage) =>
        stage switch
        {
            TrainerStage.Training or TrainerStage.Done => "green",
            TrainerStage.Faulted => "red",
            _ => "yellow",
        };

    // The running epoch counts from 1; before the first there is none, after the last it stays the last.
    private static int DisplayedEpoch(RunProgress progress) =>
        Math.Clamp(progress.Epoch, progress.Epochs > 0 ? 1 : 0, Math.Max(1, progress.Epochs));

    private static double Share(RunProgress progress) =>
        progress.Rounds > 0 ? Math.Clamp((double)progress.Round / progress.Rounds, 0, 1) : 0;

    private static IEnumerable<(string Name, double? Value)> Groups(EpochResult epoch) =>
        new (string Name, double? Value)[]
        {
            ("many", epoch.Many),
            ("medium", epoch.Medium),
            ("few", epoch.Few),
        }.Where(group => group.Value is not null);

    private static double? Tail(EpochResult epoch) => epoch.Few ?? epoch.Medium ?? epoch.Many;

    private static (string Name, double Accuracy)? Worst(EpochResult epoch, IReadOnlyList<string> names)
    {
        var worst = (epoch.Counts?.ClassAccuracy ?? [])
            .Index()
            .Where(c => c.Item is not null)
            .MinBy(c => c.Item);
        return worst.Item is { } accuracy
            ? (worst.Index < names.Count ? names[worst.Index] : $"class {worst.Index}", accuracy)
            : null;
    }
}
