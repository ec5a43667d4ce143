using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Data;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm data list</c></summary>
internal static class DataListCommand
{
    public static Command Create(CommandContext context)
    {
        var verb = new Command("list", "List the data sets that mm knows, and where they are.");
        verb.SetAction(input =>
        {
            var invocation = Invocation.From(input, context);
            var places = DataPlace.All(context);
            invocation.Answer(
                () =>
                {
                    var document = RunJson.Of("data-list");
                    document["datasets"] = new JsonArray([
                        .. places.Select(place => new JsonObject
                        {
                            ["name"] = place.Dataset,
                            ["classes"] = place.Definition.Shape?.Classes,
                            ["path"] = place.Path,
                            ["present"] = place.IsThere,
                        }),
                    ]);
                    return document;
                },
                () =>
                {
                    var table = new TextTable(
                        ("NAME", false),
                        ("CLASSES", true),
                        ("IMAGES", true),
                        ("SIZE", false),
                        ("WHERE", false)
                    );
                    foreach (var place in places)
                    {
                        var shape = place.Definition.Shape;
                        table.Add(
                            (place.Dataset, "bold"),
                            ($"{shape?.Classes}", ""),
                            (shape is null ? "" : Figures.Count(Images(shape)), ""),
                            (shape is null ? "" : $"{shape.Side} × {shape.Side}", ""),
                            shape is null ? ("your own images: --data-dir DIR", "")
                                : place.Layout is null ? ("generated from the seed, no files", "")
                                : place.IsThere ? (invocation.Shown(place.Path!), "green")
                                : ($"not here: mm data fetch {place.Dataset}", "yellow")
                        );
                    }

                    return table.Lines();
                }
            );
            return ExitCode.Success;
        });
        return verb;
    }

    private static long Images(DatasetShape shape) =>
        ((long)shape.TrainPerClass * shape.Classes) + shape.TestImages;
}
