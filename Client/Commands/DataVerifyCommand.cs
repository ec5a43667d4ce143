using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Data;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm data verify NAME|DIR</c></summary>
internal static class DataVerifyCommand
{
    public static Command Create(CommandContext context)
    {
        var (where, set) = (DataCommand.Where(), DataCommand.Set());
        var verb = new Command(
            "verify",
            "Read every file, check size, labels and checksum; exit 5 if one is wrong."
        )
        {
            where,
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
            var dataset = DataCommand.Specification(place, input.GetValue(set) ?? [], context);
            if (place.Definition.IsAt is not null)
                return VerifyOwn(invocation, place, dataset, cancellationToken);
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
                CifarFiles.Open(layout, place.Path, cancellationToken);
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
                : throw new FaultException([
                    .. checks.Select(c => c.Fault).OfType<FaultException>().Select(c => c.Fault),
                ]);
        }
    }

    private static int VerifyOwn(
        Invocation invocation,
        DataPlace place,
        DatasetSpecification dataset,
        CancellationToken cancellationToken
    )
    {
        var found = place.Definition.Inspect!(
            new(dataset, 1, place.Path, cancellationToken) { ImagesRead = new ImagesReadSoFar(invocation) }
        );
        List<Fault> problems =
        [
            .. dataset.OnBadImage == "skip"
                ? []
                : found.Damaged.Select(why => new Fault(
                    "MM2005",
                    why,
                    "repair or remove it, or leave such images out: --set dataset.on_bad_image=skip"
                )),
            .. found.EmptyClass is { } empty ? [empty.Fault] : Array.Empty<Fault>(),
        ];
        invocation.Answer(
            () =>
            {
                var document = VerifyDocument(place, []);
                document["images"] = found.Taken;
                document["classes"] = found.ClassNames.Count;
                document["unreadable"] = new JsonArray([.. found.Damaged.Select(why => (JsonNode)why)]);
                document["passed_over"] = DataCommand.PassedOver(found);
                document["without_test_images"] = DataCommand.WithoutTestImages(found.WithoutTestImages);
                return document;
            },
            () => VerifyLines(invocation, place, found, problems.Count > 0)
        );
        return problems.Count == 0 ? ExitCode.Success : throw new FaultException(problems);
    }

    private static IEnumerable<Line> VerifyLines(
        Invocation invocation,
        DataPlace place,
        ImageInventory found,
        bool isFaulty
    )
    {
        yield return new Line().Add(
            $"{invocation.Shown(place.Path!)}: {Figures.Count(found.Taken)} image{(found.Taken == 1 ? "" : "s")} of {found.ClassNames.Count} class{(found.ClassNames.Count == 1 ? "" : "es")} can be read"
                + (found.Damaged.Count > 0 ? $", {Figures.Count(found.Damaged.Count)} cannot" : ""),
            isFaulty ? "yellow" : "green"
        );
        foreach (var line in DataCommand.Undefined(found.WithoutTestImages))
            yield return line;
        if (found.PassedOver.Count == 0)
            yield break;
        yield return new Line();
        var table = new TextTable(("NOT READ", false), ("COUNT", true), ("SUCH AS", false));
        foreach (var kind in found.PassedOver)
            table.Add(
                (kind.Kind, ""),
                (Figures.Count(kind.Count), ""),
                (string.Join(", ", kind.Examples), "grey")
            );
        foreach (var line in table.Lines())
            yield return line;
    }

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
}
