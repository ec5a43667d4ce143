using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Data;
using MMOrleans.Client.Errors;
using MMOrleans.Client.Output;
using MMOrleans.Configuration;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Imbalance;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm data list|fetch|verify|stats</c></summary>
internal static class DataCommand
{
    public static Command Create(CommandContext context) =>
        new("data", "List, fetch and verify data sets; count classes under an imbalance.")
        {
            List(context),
            Fetch(context),
            Verify(context),
            Stats(context),
        };

    private static Argument<string> Where()
    {
        var where = new Argument<string>("data")
        {
            Description = "a known data set, or a folder with its files",
            HelpName = "NAME|DIR",
        };
        where.CompletionSources.Add(_ =>
            DatasetCatalogue.Names.Select(n => new System.CommandLine.Completions.CompletionItem(n))
        );
        return where;
    }

    private static Command List(CommandContext context)
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
                            shape is null ? ("images of one's own: --data-dir DIR", "")
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

    private static Command Fetch(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "which data set", HelpName = "NAME" };
        name.CompletionSources.Add(_ =>
            PublishedArchive.All.Select(a => new System.CommandLine.Completions.CompletionItem(a.Dataset))
        );
        var to = new Option<string?>("--to")
        {
            Description = "Folder for its files; the data cache.",
            HelpName = "DIR",
        };
        var mirror = new Option<string?>("--mirror")
        {
            Description = "Fetch the published archive from here instead.",
            HelpName = "URL",
        };
        var repair = new Option<bool>("--repair") { Description = "Fetch anew what is damaged or unknown." };
        var offline = new Option<bool>("--offline")
        {
            Description = "Fetch nothing; fail if it is not here.",
        };
        var verb = new Command("fetch", "Download a data set, check it, unpack it; goes on where it stopped.")
        {
            name,
            to,
            mirror,
            repair,
            offline,
        };
        verb.SetAction(
            async (input, cancellationToken) =>
            {
                var invocation = Invocation.From(input, context);
                var archive = Published(input.GetRequiredValue(name));
                if (input.GetValue(mirror) is { } address)
                    archive = archive with { Mirrors = [Address(address)] };
                var folder = Path.GetFullPath(
                    input.GetValue(to) ?? Path.Combine(context.Environment.DataCache, archive.Dataset),
                    context.WorkingFolder
                );
                using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
                var said = -1L;
                var download = new Download(
                    http,
                    (bytes, all) =>
                    {
                        var tenth = all is > 0 ? bytes * 10 / all.Value : bytes >> 24;
                        if (invocation.Quiet || tenth == said)
                            return;
                        said = tenth;
                        invocation.Terminal.Say(
                            new Line().Add(
                                $"{archive.Dataset}  {Figures.Bytes(bytes)}{(all is { } total ? $" of {Figures.Bytes(total)}" : "")}",
                                "grey"
                            )
                        );
                    }
                );
                var fetched = await new DataFetch(download).RunAsync(
                    archive,
                    folder,
                    input.GetValue(repair),
                    input.GetValue(offline),
                    cancellationToken
                );
                invocation.Answer(
                    () =>
                    {
                        var document = RunJson.Of("data-fetch");
                        document["name"] = archive.Dataset;
                        document["path"] = folder;
                        document["fetched"] = fetched;
                        document["received_bytes"] = download.Received;
                        return document;
                    },
                    () =>
                        [
                            new Line().Add(
                                fetched
                                    ? $"{archive.Layout.Name} is in {invocation.Shown(folder)}, {Figures.Bytes(download.Received)} fetched"
                                    : $"{archive.Layout.Name} is already in {invocation.Shown(folder)}: nothing fetched",
                                "green"
                            ),
                        ]
                );
                return ExitCode.Success;
            }
        );
        return verb;
    }

    private static PublishedArchive Published(string name) =>
        PublishedArchive.All.FirstOrDefault(a => a.Dataset == name)
        ?? throw new MmError(
            "MM1007",
            DatasetCatalogue.Names.Contains(name)
                ? $"{name} is generated from the seed: there is nothing to fetch"
                : $"no data set '{name}' to fetch{Suggestion.Ask(name, PublishedArchive.All.Select(a => a.Dataset))}",
            $"one of: {string.Join(", ", PublishedArchive.All.Select(a => a.Dataset))}"
        );

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new MmError(
                "MM1004",
                $"--mirror must be an http or https address, got '{text}'",
                "such as --mirror https://mirror.example.org/cifar-10-binary.tar.gz"
            );

    private static Command Verify(CommandContext context)
    {
        var where = Where();
        var verb = new Command(
            "verify",
            "Read every file, check size, labels and checksum; exit 5 if one is wrong."
        )
        {
            where,
        };
        verb.SetAction(input =>
        {
            var invocation = Invocation.From(input, context);
            var place = DataPlace.Find(input.GetRequiredValue(where), context);
            if (place.Definition.IsAt is not null)
                return VerifyOwn(invocation, place);
            if (place.Layout is not { } layout)
            {
                invocation.Answer(
                    () => VerifyDocument(place, []),
                    () => [new Line().Add($"{place.Dataset} is generated from the seed: there are no files")]
                );
                return ExitCode.Success;
            }

            if (File.Exists(place.Path))
            {
                CifarFiles.Open(layout, place.Path);
                invocation.Answer(
                    () => VerifyDocument(place, []),
                    () =>
                        [
                            new Line().Add(
                                $"{invocation.Shown(place.Path)} holds {layout.Name}, whole",
                                "green"
                            ),
                        ]
                );
                return ExitCode.Success;
            }

            var checks = CifarFiles.Check(layout, place.Path!);
            invocation.Answer(() => VerifyDocument(place, checks), () => VerifyTable(checks));
            return checks.All(c => c.Fault is null)
                ? ExitCode.Success
                : throw new MmError([
                    .. checks
                        .Select(c => c.Fault)
                        .OfType<Learning.LearningFault>()
                        .Select(fault => new Problem(fault.Code, fault.Message, fault.Fix)),
                ]);
        });
        return verb;
    }

    private static int VerifyOwn(Invocation invocation, DataPlace place)
    {
        var data = DatasetCatalogue.Open(Whole(place.Dataset) with { OnBadImage = "skip" }, 1, place.Path);
        var read = data.Train.Count + data.Test.Count;
        invocation.Answer(
            () =>
            {
                var document = VerifyDocument(place, []);
                document["images"] = read;
                document["unreadable"] = new JsonArray([.. data.Unreadable.Select(why => (JsonNode)why)]);
                document["without_test_images"] = WithoutTestImages(data);
                return document;
            },
            () =>
                [
                    new Line().Add(
                        $"{invocation.Shown(place.Path!)}: {Figures.Count(read)} images of {data.Train.Classes} classes can be read",
                        data.Unreadable.Count == 0 ? "green" : "yellow"
                    ),
                    .. Undefined(data),
                ]
        );
        return data.Unreadable.Count == 0
            ? ExitCode.Success
            : throw new MmError([
                .. data.Unreadable.Select(why => new Problem(
                    "MM2005",
                    why,
                    "repair or remove it, or leave such images out: --set dataset.on_bad_image=skip"
                )),
            ]);
    }

    private static JsonArray WithoutTestImages(Dataset data) =>
        [.. data.WithoutTestImages.Select(name => (JsonNode)name!)];

    private static IEnumerable<Line> Undefined(Dataset data) =>
        ClassErrors.Undefined(data.WithoutTestImages) is { } words ? [new Line().Add(words, "yellow")] : [];

    /// <summary>A data set as it is, for looking at its files only.</summary>
    private static DatasetSpecification Whole(string name) =>
        new()
        {
            Name = name,
            Mean = [],
            StandardDeviation = [],
        };

    private static JsonObject VerifyDocument(DataPlace place, IReadOnlyList<DataFileCheck> checks)
    {
        var document = RunJson.Of("data-verify");
        document["name"] = place.Dataset;
        document["path"] = place.Path;
        document["files"] = new JsonArray([
            .. checks.Select(check => new JsonObject
            {
                ["name"] = check.Name,
                ["bytes"] = check.Bytes,
                ["sha256"] = check.Sha256,
                ["checksum_known"] = check.IsKnown,
                ["fault"] = check.Fault?.Code,
            }),
        ]);
        return document;
    }

    private static IReadOnlyList<Line> VerifyTable(IReadOnlyList<DataFileCheck> checks)
    {
        var table = new TextTable(("FILE", false), ("BYTES", true), ("SHA-256", false), ("STATE", false));
        foreach (var check in checks)
            table.Add(
                (check.Name, "bold"),
                (check.Bytes is { } bytes ? Figures.Count(bytes) : "", ""),
                (check.Sha256?[..12] ?? "", "grey"),
                check.Fault is { } fault ? (fault.Code, "red")
                    : check.IsKnown ? ("ok", "green")
                    : ("ok, no checksum to compare with", "green")
            );
        return table.Lines();
    }

    private static Command Stats(CommandContext context)
    {
        var where = Where();
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
        };
        verb.SetAction(input =>
        {
            var invocation = Invocation.From(input, context);
            var place = DataPlace.Find(input.GetRequiredValue(where), context);
            var profile = new ImbalanceSpecification
            {
                Kind = input.GetRequiredValue(kind),
                Ratio = Ratio(input.GetValue(ratio)),
            };
            var data = DatasetCatalogue.Open(Whole(place.Dataset), 1, place.Path);
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
                    document["without_test_images"] = WithoutTestImages(data);
                    return document;
                },
                () =>
                    [
                        .. StatsTable(data.Train.ClassNames, train, kept, test, groups, profile),
                        .. Undefined(data),
                    ]
            );
            return ExitCode.Success;
        });
        return verb;
    }

    private static double Ratio(double ratio) =>
        ratio >= 1
            ? ratio
            : throw new MmError(
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
