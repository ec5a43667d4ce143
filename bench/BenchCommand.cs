using System.Globalization;
using System.Runtime.InteropServices;
using MMOrleans.Bench.Mutation;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Bench;

/// <summary>Chooses and prints the benchmarks. Exit code 0: every target met; 1: one missed; 2: wrong usage.</summary>
internal static class BenchCommand
{
    private const string Usage = """
        usage: bench throughput [--data DIR] [--pairs N]        a cluster of two trainers over two bare loops
               bench silos      [--data DIR] [--pairs N]        the same, each trainer in a silo of its own
               bench telemetry  [--pairs N] [--only down|deaf]  a collector that is down, or deaf, over none
               bench memory     [--rounds N]                    after N rounds beside after 200
               bench step       --peer FILE [--python PROGRAM] [--pairs N]
                                                                one trainer thread's step beside PyTorch's
               bench averaging  --peer FILE [--python PROGRAM] [--pairs N]
                                                                vectors between 2 and 4 processes beside another all-reduce
               bench schedules  [--minutes N | --seeds N] [--from SEED] [--kind NAME]
                                                                faults on the protocol in virtual time; 60 minutes
               bench lines      --report FILE                   what they have executed; build/Lines plays and reports
               bench mutants    [--schedules N] [--mutants N] [--minutes N] [--workers N] [--seed N] [--only TEXT] [--results FILE]
                                                                bugs planted in the protocol, and how many the schedules find out
               bench all        [--data DIR] [--peer FILE] …
        DIR holds CIFAR-10's binary files; without it images of 16×16 are generated, which is harder on the cluster.
        FILE is a Python script: for step it takes --bare --workers 1 --batch B --steps N and prints one JSON line; for averaging
        --workers W --repeats N --elements E… and prints a line a size.
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        if (args is [AveragingWorker.Verb, ..])
        {
            await AveragingWorker.RunAsync(args);
            return 0;
        }

        if (args is [MutantWorker.Verb, ..])
        {
            MutantWorker.Run(args);
            return 0;
        }

        if (args is [BareLoop.Verb, ..])
        {
            BareLoop.Run(args);
            return 0;
        }

        if (args is ["lines", "--report", var report])
            return await Lines.RunAsync(report, output) ? 0 : 1;

        if (Parse(args) is not var (verb, values))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var pairs = int.Parse(values.GetValueOrDefault("--pairs", "10"), CultureInfo.InvariantCulture);
        var rounds = int.Parse(values.GetValueOrDefault("--rounds", "2000"), CultureInfo.InvariantCulture);
        var data = values.GetValueOrDefault("--data");
        var peer = values.TryGetValue("--peer", out var script)
            ? new Peer(script, values.GetValueOrDefault("--python", "python3"))
            : null;
        if (verb is "step" or "averaging" && peer is null)
        {
            await Console.Error.WriteLineAsync($"{verb} needs --peer FILE: the script it is compared with.");
            return 2;
        }

        if (verb != "schedules") // in virtual time there is no machine
            await output.WriteLineAsync(
                $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, .NET {Environment.Version}; {TorchLibrary.Fingerprint(TorchSharp.torch.CPU)}"
            );
        try
        {
            var met = true;
            if (verb is "throughput" or "all")
            {
                met &= await Throughput.RunAsync(data, pairs, onSilos: false, output);
            }

            if (verb is "silos" or "all")
            {
                met &= await Throughput.RunAsync(data, pairs, onSilos: true, output);
            }

            if (verb is "telemetry" or "all")
            {
                met &= await Telemetry.RunAsync(pairs, values.GetValueOrDefault("--only"), output);
            }

            if (verb is "memory" or "all")
            {
                met &= await Memory.RunAsync(rounds, output);
            }

            if (verb == "averaging")
            {
                met &= await Averaging.RunAsync(peer!, pairs, output);
            }

            if (verb == "schedules")
            {
                met &= await Schedules.RunAsync(
                    values.TryGetValue("--seeds", out var seeds)
                        ? new(TimeSpan.MaxValue, int.Parse(seeds, CultureInfo.InvariantCulture))
                        : new(
                            TimeSpan.FromMinutes(
                                double.Parse(
                                    values.GetValueOrDefault("--minutes", "60"),
                                    CultureInfo.InvariantCulture
                                )
                            ),
                            int.MaxValue
                        ),
                    int.Parse(values.GetValueOrDefault("--from", "1000000"), CultureInfo.InvariantCulture),
                    values.GetValueOrDefault("--kind"),
                    output
                );
            }

            if (verb == "mutants")
            {
                met &= await MutationScore.RunAsync(
                    new(
                        int.Parse(
                            values.GetValueOrDefault("--schedules", "100000"),
                            CultureInfo.InvariantCulture
                        ),
                        int.Parse(values.GetValueOrDefault("--mutants", "300"), CultureInfo.InvariantCulture),
                        TimeSpan.FromMinutes(
                            double.Parse(
                                values.GetValueOrDefault("--minutes", "1440"),
                                CultureInfo.InvariantCulture
                            )
                        ),
                        int.Parse(
                            values.GetValueOrDefault("--workers", $"{Environment.ProcessorCount}"),
                            CultureInfo.InvariantCulture
                        ),
                        int.Parse(values.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture),
                        values.GetValueOrDefault("--only"),
                        values.GetValueOrDefault("--results")
                    ),
                    output
                );
            }

            if (peer is not null && verb is ("step" or "all"))
            {
                met &= await StepTime.RunAsync(peer, pairs, output);
            }

            return met ? 0 : 1;
        }
        catch (FaultException fault)
        {
            await Console.Error.WriteLineAsync($"error {fault.Code}: {fault.Message}\n  fix   {fault.Fix}");
            return 1;
        }
    }

    private static (string Verb, Dictionary<string, string> Values)? Parse(string[] args)
    {
        string[] known =
        [
            "--data",
            "--pairs",
            "--only",
            "--rounds",
            "--peer",
            "--python",
            "--minutes",
            "--from",
            "--schedules",
            "--mutants",
            "--workers",
            "--seed",
            "--results",
            "--seeds",
            "--kind",
        ];
        if (
            args.Length % 2 == 0
            || args[0]
                is not (
                    "throughput"
                    or "silos"
                    or "telemetry"
                    or "memory"
                    or "step"
                    or "averaging"
                    or "schedules"
                    or "mutants"
                    or "all"
                )
        )
        {
            return null;
        }

        var values = new Dictionary<string, string>();
        for (var i = 1; i < args.Length; i += 2)
        {
            if (!known.Contains(args[i]) || !values.TryAdd(args[i], args[i + 1]))
            {
                return null;
            }
        }

        return (args[0], values);
    }
}
