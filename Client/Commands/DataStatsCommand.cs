using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Data;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm data stats NAME|DIR</c></summary>
internal static class DataStatsCommand
{
    public static Command Create(CommandContext context)
    {
        var (where, set) = (DataCommand.Where(), DataCommand.Set());
        var kind = new Option<string>("--imbalance")
        {
            Description = "exp, step or none.",
            HelpName = "KIND",
            DefaultValueFactory = _ => "exp",
        };
        kind.CompletionSources.Add("exp", "step", "none");
        kind.AcceptOnlyFromAmong("exp", "step", "none");
        var ratio = new Option<double>("--ratio")
        {
            Description = "Largest class : smallest class.",
            HelpName = "N",
            DefaultValueFactory = _ => 100,
        };
        var verb = new Command(
            "stats",
            "Count the images of each class, and what an imbalance keeps of them."
        )
        {
            where,
            kind,
            ratio,
            set,
        };
        verb.SetAction(
            (input, cancellationToken) =>
                Task.Run(() => Act(input, cancellationToken), CancellationToken.None)
        );
        return verb;

        int Act(ParseResult input, CancellationToken cancellationToken)
        {
            var invocation = Invocation.From(input, context);
            var place = DataPlace.Find(input.GetRequiredValue(where), context);
            var profile = new ImbalanceSpecification
            {
                Kind = input.GetRequiredValue(kind),
                Ratio = Ratio(input.GetValue(ratio)),
            };
            var dataset = DataCommand.Specification(place, input.GetValue(set) ?? [], context);
            var data = place.Definition.Open(
                new(dataset, 1, place.Path, cancellationToken)
                {
                    ImagesRead = new ImagesReadSoFar(invocation),
                }
            );
            var (train, test) = (Counts(data.Train), Counts(data.Test));
            var kept = ImbalanceProfile.Counts(profile, train);
            var groups = ShotGroups.Parse("auto", kept);
            invocation.Answer(
                () =>
                {
                    var document = RunJson.Of("data-stats");
                    document["name"] = place.Dataset;
                    document["manifest_sha256"] = data.ManifestHash;
                    document["imbalance"] = profile.Kind;
                    document["ratio"] = profile.Kind == "none" ? null : profile.Ratio;
                    document["images"] = kept.Total;
                    document["passed_over"] = DataCommand.PassedOver(data.Inventory);
                    document["classes"] = new JsonArray([
                        .. data.Train.ClassNames.Select(
                            (name, c) =>
                                new JsonObject
                                {
                                    ["name"] = name,
                                    ["train"] = train[c],
                                    ["kept"] = kept[c],
                                    ["test"] = test[c],
                                    ["group"] = groups.NameOf(c),
                                }
                        ),
                    ]);
                    document["without_test_images"] = DataCommand.WithoutTestImages(data.WithoutTestImages);
                    return document;
                },
                () =>
                    [
                        .. StatsTable(data.Train.ClassNames, train, kept, test, groups, profile),
                        .. DataCommand.Undefined(data.WithoutTestImages),
                        .. data.Inventory.PassedOver.Select(kind =>
                            new Line().Add($"not read: {kind}", "grey")
                        ),
                    ]
            );
            return ExitCode.Success;
        }
    }

    private static double Ratio(double ratio) =>
        ratio >= 1
            ? ratio
            : throw new FaultException(
                "MM1004",
                $"--ratio must be 1 or more, got {ratio}",
                $"the ratio is largest class : smallest class{(ratio > 0 ? $"; for an imbalance factor of {ratio} write --ratio {1 / ratio:0.##}" : "")}"
            );

    private static int[] Counts(ImageSet images)
    {
        var counts = new int[images.ClassNames.Count];
        foreach (var label in images.Labels)
            counts[label]++;
        return counts;
    }

    private static IEnumerable<Line> StatsTable(
        IReadOnlyList<string> names,
        int[] train,
        ClassCounts kept,
        int[] test,
        ShotGroups groups,
        ImbalanceSpecification profile
    )
    {
        const int Widest = 30;
        var table = new TextTable(
            ("CLASS", false),
            ("THERE", true),
            ("KEPT", true),
            ("TEST", true),
            ("GROUP", false),
            ("", false)
        );
        for (var c = 0; c < names.Count; c++)
            table.Add(
                (names[c], "bold"),
                (Figures.Count(train[c]), ""),
                (Figures.Count(kept[c]), ""),
                (Figures.Count(test[c]), ""),
                (groups.NameOf(c), ""),
                (
                    new string('━', Math.Max(1, (int)Math.Round((double)Widest * kept[c] / kept.Largest))),
                    "blue"
                )
            );
        var words = profile.Kind == "none" ? "no imbalance" : $"{profile.Kind} {profile.Ratio:0.##}:1";
        return
        [
            .. table.Lines(),
            new Line(),
            new Line().Add(
                $"{words}: {Figures.Count(kept.Total)} of {Figures.Count(train.Sum())} training images, largest class {Figures.Count(kept.Largest)}, smallest {Figures.Count(kept.Smallest)}"
            ),
        ];
    }
}
