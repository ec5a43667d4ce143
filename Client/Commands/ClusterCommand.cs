using System.CommandLine;
using System.Text.Json.Nodes;
using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;
using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm cluster status|silos|drain SILO</c></summary>
internal sealed class ClusterCommand : Command
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommandContext context) =>
        new ClusterCommand(input => Invocation.From(input, context));

    private ClusterCommand(Func<ParseResult, Invocation> invocation)
        : base("cluster", "Look at a cluster, and take a silo out without losing a round.")
    {
        var status = new Command(
            "status",
            "Show the cluster's health, what it is running and how vectors get from silo to silo."
        );
        status.SetAction(
            async (input, stop) =>
            {
                var context = invocation(input);
                await using var cluster = await OpenAsync(context, stop);
                var description = await cluster.DescribeAsync(stop);
                context.Answer(
                    () => Document("cluster", context, description),
                    () => Status(context, description)
                );
                return ExitCode.Success;
            }
        );
        var silos = new Command("silos", "List the silos with their trainers.");
        silos.SetAction(
            async (input, stop) =>
            {
                var context = invocation(input);
                await using var cluster = await OpenAsync(context, stop);
                var description = await cluster.DescribeAsync(stop);
                context.Answer(() => Document("silos", context, description), () => Table(description));
                return ExitCode.Success;
            }
        );
        var name = new Argument<string>("SILO") { Description = "Its name, as 'mm cluster silos' lists it." };
        var drain = new Command(
            "drain",
            "Move a silo's work to other silos at the end of a round and assign it no new work."
        )
        {
            name,
        };
        drain.SetAction(
            async (input, stop) =>
            {
                var context = invocation(input);
                await using var cluster = await OpenAsync(context, stop);
                return await DrainAsync(context, cluster, input.GetRequiredValue(name), stop);
            }
        );
        Add(status);
        Add(silos);
        Add(drain);
    }

    private static Task<ICluster> OpenAsync(Invocation invocation, CancellationToken stop) =>
        invocation.Cluster is { } address
            ? invocation.SayingAsync(address.ConnectAsync(stop), $"connecting to {address.Text}")
            : throw new FaultException(
                "MM1002",
                "there is no cluster to look at: neither --cluster nor MM_CLUSTER names one",
                "mm cluster status --cluster mm-silo:30000"
            );

    private static async Task<int> DrainAsync(
        Invocation invocation,
        ICluster cluster,
        string silo,
        CancellationToken stop
    )
    {
        var said = "";
        while (true)
        {
            var answer = await cluster.DrainAsync(silo, stop);
            if (!answer.IsKnown)
            {
                var names = (await cluster.DescribeAsync(stop)).Silos.Select(s => s.Name).ToList();
                throw new FaultException(
                    "MM1007",
                    $"no silo '{silo}'{Suggestion.Ask(silo, names)}",
                    $"one of {string.Join(", ", names)}"
                );
            }

            if (answer.IsDone)
            {
                invocation.Answer(
                    () =>
                    {
                        var document = RunJson.Of("drain");
                        document["silo"] = silo;
                        document["done"] = true;
                        return document;
                    },
                    () =>
                        [
                            new Line().Add(
                                $"{silo} is drained: it holds no work and gets none; it may be stopped"
                            ),
                        ]
                );
                return ExitCode.Success;
            }

            var busy = string.Join(", ", answer.Busy);
            if (busy != said && !invocation.Quiet && !invocation.Json)
            {
                invocation.Terminal.Say(new Line().Add($"waiting for the end of a round: {busy}", "grey"));
                said = busy;
            }

            await Task.Delay(Pause, invocation.Clock, stop);
        }
    }

    private static IEnumerable<Line> Status(Invocation invocation, ClusterDescription description)
    {
        var trainers = description.Silos.SelectMany(silo => silo.Trainers).ToList();
        var silos = description.Silos.GroupBy(silo => silo.Status).Select(g => $"{g.Count()} {g.Key}");
        var runs = trainers
            .Where(trainer => trainer.RunId.Length > 0)
            .GroupBy(trainer => trainer.RunId)
            .Select(g => $"{g.Key} on {g.Count()}")
            .ToList();
        var builds = trainers.Select(trainer => trainer.Fingerprint).Distinct().ToList();
        yield return RunSummary.Labelled("cluster").Add(invocation.Cluster!.Text, "bold cyan");
        yield return RunSummary.Labelled("version").Add(description.Version);
        yield return RunSummary.Labelled("silos").Add(string.Join(", ", silos));
        yield return RunSummary
            .Labelled("trainers")
            .Add($"{trainers.Count}, {trainers.Count(trainer => trainer.RunId.Length == 0)} free");
        yield return RunSummary.Labelled("runs").Add(runs.Count == 0 ? "none" : string.Join(", ", runs));
        foreach (var line in TransportText.Lines(description.Silos))
        {
            yield return line;
        }

        foreach (var build in builds)
        {
            yield return RunSummary.Labelled(builds.Count == 1 ? "build" : "builds").Add(build);
        }
    }

    private static IEnumerable<Line> Table(ClusterDescription description)
    {
        var table = new TextTable(
            ("SILO", false),
            ("STATUS", false),
            ("VERSION", false),
            ("GATEWAY", false),
            ("TRAINERS", true),
            ("DEVICES", false),
            ("RUNS", false)
        );
        foreach (var silo in description.Silos)
        {
            var runs = silo.Trainers.Select(trainer => trainer.RunId).Where(run => run.Length > 0).Distinct();
            table.Add(
                (silo.Name, "cyan"),
                (silo.Status, silo.Status == "active" ? "green" : "yellow"),
                (silo.Version, ""),
                (silo.Gateway, ""),
                ($"{silo.Trainers.Length}", ""),
                (string.Join(", ", silo.Trainers.Select(trainer => trainer.Device).Distinct()), ""),
                (string.Join(", ", runs), "")
            );
        }

        return table.Lines();
    }

    private static JsonObject Document(string type, Invocation invocation, ClusterDescription description)
    {
        var document = new JsonObject { ["schema"] = "mm/cluster/v1", ["type"] = type };
        document["cluster"] = invocation.Cluster!.Text;
        document["version"] = description.Version;
        document["silos"] = new JsonArray([.. description.Silos.Select(silo => (JsonNode)Silo(silo))]);
        return document;
    }

    private static JsonObject Silo(SiloDescription silo) =>
        new()
        {
            ["name"] = silo.Name,
            ["status"] = silo.Status,
            ["version"] = silo.Version,
            ["address"] = silo.Address,
            ["gateway"] = silo.Gateway,
            ["trainers"] = new JsonArray([
                .. silo.Trainers.Select(trainer =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["trainer"] = trainer.Trainer,
                            ["device"] = trainer.Device,
                            ["build"] = trainer.Fingerprint,
                            ["run"] = trainer.RunId.Length == 0 ? null : trainer.RunId,
                        }
                ),
            ]),
            ["transports"] = silo.Transports is { } uses
                ? new JsonArray([
                    .. uses.Select(use =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["silo"] = use.Silo,
                                ["transport"] = use.Transport.Length == 0 ? null : use.Transport,
                            }
                    ),
                ])
                : null,
        };
}
