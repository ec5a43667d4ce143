using System.Globalization;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>Says what a run trains, in a few words.</summary>
internal static class RunTitle
{
    /// <summary><c>mm-drw · resnet32 · CIFAR-10 long-tailed 100:1 · seed 1</c>.</summary>
    public static string Of(RunSpecification specification, Glyphs glyphs) =>
        string.Join(
            $" {glyphs.Dot} ",
            specification.Method.Name,
            specification.Model.Architecture,
            Data(specification),
            $"seed {specification.Seed}"
        );

    /// <summary><c>CIFAR-10 long-tailed 100:1</c>.</summary>
    public static string Data(RunSpecification specification)
    {
        var name = DatasetName(specification.Dataset.Name);
        var ratio = specification.Imbalance.Ratio.ToString("0.##", CultureInfo.InvariantCulture);
        return specification.Imbalance.Kind switch
        {
            "exp" => $"{name} long-tailed {ratio}:1",
            "step" => $"{name} step {ratio}:1",
            "counts" => $"{name} with counts",
            _ => name,
        };
    }

    /// <summary>The data set's published name.</summary>
    public static string DatasetName(string name) =>
        DatasetCatalogue.All.FirstOrDefault(d => d.Name == name)?.Title ?? name;
}
