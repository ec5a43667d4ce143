using System.Globalization;
using MMOrleans.Runs.Diagnosis;

namespace MMOrleans.Client.Output;

/// <summary>Where a run's time went, in a line.</summary>
internal static class GoodputText
{
    private const int LossesNamed = 4;
    private const double LeastNamed = 0.005; // half a percent

    /// <param name="line">Begins with the label.</param>
    /// <param name="goodput">The run's.</param>
    public static Line After(Line line, Goodput goodput)
    {
        var named = goodput.Losses.Where(loss => loss.Share >= LeastNamed).Take(LossesNamed).ToList();
        var rest = 1 - goodput.Useful - named.Sum(loss => loss.Share);
        line.Add(Figures.Percent(goodput.Useful), "bold green")
            .Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $" of {goodput.TrainerSeconds:#,0} trainer-seconds computed what was kept"
                )
            );
        foreach (var loss in named)
        {
            line.Add($"; {TimeUse.InWords(loss.Name)} {Figures.Percent(loss.Share)}");
        }

        return rest >= LeastNamed ? line.Add($"; the rest {Figures.Percent(rest)}") : line;
    }
}
