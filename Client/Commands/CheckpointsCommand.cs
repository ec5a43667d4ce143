using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.ObjectStores;
using MMOrleans.Silo.ObjectStores;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm checkpoints list|verify|fetch|prune RUN</c></summary>
internal sealed class CheckpointsCommand : Command
{
    private readonly Option<string?> _output = RunArguments.Output();

    public static Command Create(CommandContext context) =>
        new CheckpointsCommand(input => Invocation.From(input, context));

    private CheckpointsCommand(Func<ParseResult, Invocation> invocation)
        : base("checkpoints", "List, verify, fetch and prune the checkpoints of a run.")
    {
        Add(Verb("list", "List them, newest first.", List));
        Add(Verb("verify", "Read every file and compare the hashes; exit 6 if one is damaged.", Verify));
        Add(FetchVerb(invocation));
        Add(PruneVerb(invocation));

        Command Verb(string name, string description, Func<Invocation, RunFolder, int> act)
        {
            var run = RunArguments.Run();
            var verb = new Command(name, description) { run, _output };
            verb.SetAction(input =>
            {
                var context = invocation(input);
                return act(context, context.Run(input.GetValue(_output), input.GetRequiredValue(run)));
            });
            return verb;
        }
    }

    private Command FetchVerb(Func<ParseResult, Invocation> invocation)
    {
        var run = RunArguments.Run();
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "Checkpoint to fetch, such as epoch-42; default: the newest intact one.",
            HelpName = "CHECKPOINT",
        };
        var verb = new Command(
            "fetch",
            "Bring one from the run's object store into its folder, where the other verbs find it."
        )
        {
            run,
            checkpoint,
            _output,
        };
        verb.SetAction(
            (input, interrupt) =>
            {
                var context = invocation(input);
                return FetchAsync(
                    context,
                    context.Run(input.GetValue(_output), input.GetRequiredValue(run)),
                    input.GetValue(checkpoint),
                    Buckets.Open(),
                    interrupt
                );
            }
        );
        return verb;
    }

    private Command PruneVerb(Func<ParseResult, Invocation> invocation)
    {
        var run = RunArguments.Run();
        var last = new Option<int?>("--keep-last")
        {
            Description = "Number of newest checkpoints to keep; default: the run's checkpoint.keep_last.",
            HelpName = "N",
        };
        var best = new Option<int?>("--keep-best")
        {
            Description =
                "Number of best checkpoints to keep as well; default: the run's checkpoint.keep_best.count.",
            HelpName = "N",
        };
        var damaged = new Option<bool>("--damaged") { Description = "Also remove damaged ones." };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Show what would be removed, and remove nothing.",
        };
        var verb = new Command("prune", "Remove the checkpoints that the retention policy does not keep.")
        {
            run,
            last,
            best,
            damaged,
            dryRun,
            _output,
        };
        verb.SetAction(
            (input, interrupt) =>
            {
                var context = invocation(input);
                return PruneAsync(
                    context,
                    context.Run(input.GetValue(_output), input.GetRequiredValue(run)),
                    input.GetValue(last),
                    input.GetValue(best),
                    input.GetValue(damaged),
                    input.GetValue(dryRun),
                    interrupt
                );
            }
        );
        return verb;
    }

    internal static int List(Invocation invocation, RunFolder folder)
    {
        var entries = new CheckpointStore(folder.Checkpoints).List();
        invocation.Answer(
            () => Document(folder, entries.Select(entry => Document(folder, entry))),
            () =>
            {
                if (entries.Count == 0)
                {
                    invocation.Terminal.Say(new Line().Add($"{folder.RunId} has no checkpoints", "grey"));
                    return [];
                }

                return Table(entries, entry => entry.LooksWhole() ? ("whole", "green") : ("damaged", "red"));
            }
        );
        return 0;
    }

    internal static int Verify(Invocation invocation, RunFolder folder)
    {
        var entries = new CheckpointStore(folder.Checkpoints).List();
        invocation.Answer(
            () =>
                Document(
                    folder,
                    entries.Select(entry =>
                    {
                        var document = Document(folder, entry);
                        document["intact"] = entry.Damage() is null;
                        document["damage"] = entry.Damage();
                        return document;
                    })
                ),
            () =>
                Table(entries, entry => entry.Damage() is { } damage ? (damage, "red") : ("intact", "green"))
        );
        if (entries.FirstOrDefault(entry => entry.Damage() is not null) is not { } first)
        {
            return 0;
        }

        var sound = entries.FirstOrDefault(entry => entry.Damage() is null);
        throw new FaultException(
            "MM5001",
            $"checkpoint {first.Name} of {folder.RunId} is damaged: {first.Damage()}",
            sound is null
                ? "no intact checkpoint is left: start the run again with 'mm show RUN --config'"
                : $"mm resume {folder.RunId} --from {sound.Name}, and remove it with: mm checkpoints prune {folder.RunId} --damaged"
        );
    }

    internal static async Task<int> FetchAsync(
        Invocation invocation,
        RunFolder folder,
        string? checkpoint,
        IObjectStores stores,
        CancellationToken interrupt
    )
    {
        var place =
            RunRecord.Read(folder.Record).SettingsOrDefaults.Checkpoints.Place
            ?? throw new FaultException(
                "MM1005",
                $"{folder.RunId} keeps its checkpoints in its folder and in no object store",
                $"mm checkpoints list {folder.RunId}"
            );
        var address = ObjectStoreAddress.Parse("checkpoint.path", place);
        var stored = new StoredCheckpoints(stores.Open(address), address, folder.RunId, folder.Checkpoints);
        var local = new CheckpointStore(folder.Checkpoints);
        var before = local.List().Where(entry => entry.Damage() is null).Select(entry => entry.Name).ToList();
        foreach (var (name, damage) in await BringAsync())
            invocation.Terminal.Say(new Line().Add($"{name} is damaged and passed over: {damage}", "yellow"));
        var entry =
            (checkpoint is null ? local.NewestIntact(out _) : local.FindIntact(checkpoint))
            ?? throw new FaultException(
                "MM1007",
                $"there is no intact checkpoint of {folder.RunId} in {address}",
                $"mm resume {folder.RunId} trains it from the start"
            );
        var isNew = !before.Contains(entry.Name);
        invocation.Answer(
            () =>
            {
                var document = Document(folder, [Document(folder, entry)]);
                document["fetched"] = isNew;
                document["from"] = $"{address}";
                return document;
            },
            () => Table([entry], _ => isNew ? ($"fetched from {address}", "green") : ("was here", "grey"))
        );
        return 0;

        async Task<IReadOnlyList<(string, string)>> BringAsync()
        {
            if (checkpoint is null)
                return await invocation.SayingAsync(stored.FetchNewestAsync(interrupt), $"{address} is read");
            await stored.FetchAsync(checkpoint, interrupt);
            return [];
        }
    }

    internal static async Task<int> PruneAsync(
        Invocation invocation,
        RunFolder folder,
        int? keepLast,
        int? keepBest,
        bool damaged,
        bool dryRun,
        CancellationToken interrupt
    )
    {
        if (keepLast < 1 || keepBest < 0)
        {
            throw new FaultException(
                "MM1004",
                $"--keep-last must be 1 or more and --keep-best 0 or more, got {keepLast ?? 1} and {keepBest ?? 0}",
                $"mm checkpoints prune {folder.RunId} --keep-last 1 --keep-best 1"
            );
        }

        // A run that is trained prunes its checkpoints itself.
        using var hold = dryRun
            ? null
            : await WriterHold.TakeAsync(
                folder,
                WriterIdentity.OfThisProcess(invocation.Clock.GetUtcNow()),
                TimeProvider.System,
                interrupt
            );
        var record = RunRecord.Read(folder.Record);
        var policy = record.SettingsOrDefaults.Checkpoints;
        var retention = new CheckpointRetention(
            keepLast ?? policy.KeepLast,
            keepBest ?? policy.KeepBest,
            policy.BestIsGreatest,
            policy.KeepEpoch > 0 ? CheckpointName.OfEpoch(policy.KeepEpoch) : null
        );
        var rows = MetricsCsv.Read(folder.Metrics).ToDictionary(row => row.Epoch);
        var gone = new CheckpointStore(folder.Checkpoints).Prune(
            retention,
            manifest =>
                manifest.RoundOfEpoch == 0 && rows.TryGetValue(manifest.Epoch, out var row)
                    ? row[policy.BestMetric]
                    : null,
            invocation.Clock,
            damaged,
            dryRun
        );
        invocation.Answer(
            () =>
            {
                var document = RunJson.Of("prune");
                document["run"] = folder.RunId;
                document["dry_run"] = dryRun;
                document["removed"] = new JsonArray([.. gone.Select(name => (JsonNode)name!)]);
                return document;
            },
            () =>
                gone.Count == 0
                    ? [new Line().Add("nothing to remove")]
                    : gone.Select(name => new Line().Add($"{(dryRun ? "would remove" : "removed")} {name}"))
        );
        return 0;
    }

    /// <summary>One checkpoint as its manifest describes it.</summary>
    internal static JsonObject Document(RunFolder folder, CheckpointEntry entry) =>
        new()
        {
            ["name"] = entry.Name,
            // A copy of a cluster's run goes with the command that made it.
            ["path"] = folder.IsCopy ? null : entry.Path,
            ["epoch"] = entry.Manifest?.Epoch,
            ["round"] = entry.Manifest?.Round,
            ["bytes"] = entry.Manifest?.Bytes(),
            ["written"] = entry.Manifest is { } manifest ? RunJson.Time(manifest.Written) : null,
            ["writer"] = entry.Manifest?.Writer,
            ["state_sha256"] = entry.Manifest?.StateSha256,
            ["whole"] = entry.LooksWhole(),
        };

    private static JsonObject Document(RunFolder folder, IEnumerable<JsonObject> checkpoints)
    {
        var document = RunJson.Of("checkpoints");
        document["run"] = folder.RunId;
        document["checkpoints"] = new JsonArray([.. checkpoints]);
        return document;
    }

    private static IReadOnlyList<Line> Table(
        IEnumerable<CheckpointEntry> entries,
        Func<CheckpointEntry, (string, string)> state
    )
    {
        var table = new TextTable(
            ("CHECKPOINT", false),
            ("EPOCH", true),
            ("ROUND", true),
            ("SIZE", true),
            ("WRITTEN", false),
            ("STATE SHA-256", false),
            ("", false)
        );
        foreach (var entry in entries)
        {
            var manifest = entry.Manifest;
            table.Add(
                (entry.Name, "cyan"),
                (manifest is null ? "-" : $"{manifest.Epoch}", ""),
                (manifest is null ? "-" : Figures.Count(manifest.Round), ""),
                (manifest is null ? "-" : Figures.Bytes(manifest.Bytes()), ""),
                (manifest is null ? "-" : $"{manifest.Written.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z", ""),
                (
                    manifest is null
                        ? "-"
                        : manifest.StateSha256[..Math.Min(16, manifest.StateSha256.Length)],
                    "grey"
                ),
                state(entry)
            );
        }

        return table.Lines();
    }
}
