using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>One run in some lines: what it is, where it stands, how good it is class by class.</summary>
internal static class RunSummary
{
    private const int LabelWidth = 12;

    /// <summary>What it is, where it stands, its best metrics and every class.</summary>
    /// <param name="record">The run.</param>
    /// <param name="folder">Its folder as a person would type it.</param>
    /// <param name="standing">Its status; see <see cref="RunStanding"/>.</param>
    /// <param name="glyphs">Characters to draw with.</param>
    public static IEnumerable<Line> Lines(RunRecord record, string folder, RunStatus standing, Glyphs glyphs)
    {
        var specification = RunDocument.Specification(record);
        yield return Labelled("run").Add(record.Id, "bold cyan").Add("  ").Add(record.Name, "bold");
        yield return Labelled("what").Add(RunTitle.Of(specification, glyphs));
        yield return Labelled("status")
            .Add(standing.Word(), "bold " + RunStanding.Style(standing))
            .Add(StandingWords(record, specification));
        if (record.SkippedImages > 0)
        {
            yield return Labelled("left out")
                .Add(
                    $"{Figures.Count(record.SkippedImages)} image{(record.SkippedImages == 1 ? "" : "s")} that cannot be read",
                    "yellow"
                );
        }

        if (record.PassedOver.Count > 0)
        {
            yield return Labelled("not read").Add(string.Join("; ", record.PassedOver));
        }

        if (record.Last is { } last)
        {
            foreach (var line in Metrics(record, last, specification.Method.Loss))
            {
                yield return line;
            }
        }

        var classes = ClassErrors.Lines(record, glyphs).ToList();
        if (classes.Count > 0)
        {
            yield return new Line();
            foreach (var line in classes)
            {
                yield return line;
            }

            yield return new Line();
        }

        yield return Labelled("folder").Add(folder);
    }

    /// <summary>The commands that go on from here.</summary>
    /// <param name="record">The run.</param>
    /// <param name="standing">Its status.</param>
    /// <param name="flag">What each command ends with.</param>
    public static IEnumerable<Line> Next(RunRecord record, RunStatus standing, string flag = "")
    {
        if (standing == RunStatus.Finished)
        {
            yield return Labelled("compare").Add($"mm compare {record.Id} RUN{flag}");
        }
        else if (standing is RunStatus.Stopped or RunStatus.Failed or RunStatus.Interrupted)
        {
            if (standing != RunStatus.Stopped)
            {
                yield return Labelled("why").Add($"mm why {record.Id}{flag}");
            }

            yield return record.LastCheckpoint is null
                ? Labelled("again").Add($"mm resume {record.Id}{flag}   (from the start: nothing is saved)")
                : Labelled("go on").Add($"mm resume {record.Id}{flag}");
        }
        else
        {
            yield return Labelled("watch").Add($"mm watch {record.Id}{flag}");
        }
    }

    /// <summary>A line that begins with a grey word in a column of its own.</summary>
    public static Line Labelled(string label) => new Line().Add(label, "grey").To(LabelWidth, least: 1);

    private static IEnumerable<Line> Metrics(RunRecord record, EpochResult last, string loss)
    {
        if (last.Accuracy is not null)
        {
            var line = Labelled("accuracy").Add(Figures.Points(last.Accuracy), "bold");
            foreach (
                var (name, value) in new[] { ("many", last.Many), ("medium", last.Medium), ("few", last.Few) }
            )
            {
                if (value is not null)
                {
                    line.Add("   ").Named(name, Figures.Points(value));
                }
            }

            if (ClassErrors.Worst(record) is { } worst)
            {
                line.Add("   ").Named("worst class", Figures.Points(worst.Accuracy)).Add($" ({worst.Name})");
            }

            yield return line;
        }

        if (record.Best is { Accuracy: not null } best)
        {
            yield return Labelled("best")
                .Add(Figures.Points(best.Accuracy), "bold green")
                .Add($" after epoch {best.Epoch}");
        }

        yield return Labelled("loss")
            .Add($"{Figures.Value(Math.Round(last.TrainLoss, 4))} training")
            .Add(last.TestLoss is { } test ? $"   {Figures.Value(Math.Round(test, 4))} test" : "")
            .Add($"   ({loss}, this method's own)", "grey");
    }

    private static string StandingWords(RunRecord record, RunSpecification specification)
    {
        var words =
            $" at epoch {record.Epoch} of {specification.TotalEpochs}, round {Figures.Count(record.Round)}";
        var begun = record.Started ?? record.Created;
        if (record.Ended is { } ended && ended > begun)
        {
            words += $", {Figures.Span(ended - begun)}";
        }

        if (record.Last is { ImagesPerSecond: > 0 } last)
        {
            words += $", {last.ImagesPerSecond:0} img/s";
        }

        return record.StopReason.Length > 0 ? $"{words} ({record.StopReason.Replace('_', ' ')})" : words;
    }
}
