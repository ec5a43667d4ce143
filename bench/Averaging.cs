using System.Globalization;
using System.Text.Json;

namespace MMOrleans.Bench;

/// <summary>Averaging vectors between processes of one machine, or of two, beside other programs' all-reduce.</summary>
/// <param name="Peers">The other programs.</param>
/// <param name="Targets">Most of each peer's time that a round may take.</param>
/// <param name="Pairs">Measurements of each.</param>
/// <param name="Repeats">Rounds of a measurement.</param>
/// <param name="Sizes">Numbers in a vector.</param>
/// <param name="Transport">How vectors go: memory, connection or calls.</param>
/// <param name="Link">Between two machines; null between processes of one.</param>
internal sealed record Averaging(
    IReadOnlyList<Peer> Peers,
    IReadOnlyList<double> Targets,
    int Pairs,
    int Repeats,
    int[] Sizes,
    string Transport,
    NetworkLink? Link
)
{
    private static readonly int[] OnOneMachine = [2, 4];
    private static readonly int[] OnTwo = [2];

    /// <returns>Whether every size met every target.</returns>
    public async Task<bool> RunAsync(TextWriter output)
    {
        await output.WriteLineAsync(
            $"averaging: float32 vectors between processes of {(Link is null ? "this machine" : "two network namespaces")} by {Transport}, {Repeats} rounds in steady state, {Pairs} interleaved pairs"
        );
        var isMet = true;
        foreach (var workers in Link is null ? OnOneMachine : OnTwo)
        {
            var ours = Sizes.ToDictionary(size => size, _ => new List<double>());
            var theirs = Peers
                .Select(_ => Sizes.ToDictionary(size => size, _ => new List<double>()))
                .ToList();
            for (var pair = 0; pair < Pairs; pair++)
            {
                Note(ours, await OursAsync(workers));
                for (var i = 0; i < Peers.Count; i++)
                    Note(theirs[i], await PeerAsync(Peers[i], workers));
            }

            foreach (var size in Sizes)
            {
                // Each sends and is sent all of the vector but its own share; a ring moves as much.
                var bytes = 2.0 * (workers - 1) * size * sizeof(float);
                await output.WriteLineAsync(
                    $"  {workers} processes  {size / 1e6, 5:F1} M numbers  {1000 * ours[size].Order().ElementAt(Pairs / 2), 8:F2} ms a round   {bytes / 1e6, 7:F1} MB a round"
                );
                for (var i = 0; i < Peers.Count; i++)
                {
                    var ratios = Ratios.Of([.. ours[size].Zip(theirs[i][size])]);
                    var isSizeMet = ratios.Median <= Targets[i];
                    isMet &= isSizeMet;
                    await output.WriteLineAsync(
                        $"      time over {Path.GetFileNameWithoutExtension(Peers[i].Script)} {ratios}   target ≤ {Targets[i]}: {(isSizeMet ? "met" : "MISSED")}"
                    );
                }
            }
        }

        return isMet;

        static void Note(Dictionary<int, List<double>> all, Dictionary<int, double> measured)
        {
            foreach (var (size, time) in measured)
                all[size].Add(time);
        }
    }

    private async Task<Dictionary<int, double>> OursAsync(int workers)
    {
        var ports = SiloProcesses.FreePorts(2 * workers);
        var processes = Enumerable
            .Range(0, workers)
            .Select(index =>
                BoundProcess.StartBench(
                    AveragingWorker.Arguments(
                        index,
                        workers,
                        ports,
                        Repeats,
                        Sizes,
                        Transport,
                        Link is null ? [] : [.. Enumerable.Range(0, workers).Select(NetworkLink.Address)]
                    ),
                    Inside(index)
                )
            )
            .ToList();
        try
        {
            return await ReadAsync(processes[0]);
        }
        finally
        {
            foreach (var process in processes)
            {
                await process.EndAsync();
                process.Dispose();
            }
        }
    }

    private async Task<Dictionary<int, double>> PeerAsync(Peer peer, int workers)
    {
        string[] arguments =
        [
            "--workers",
            workers.ToString(CultureInfo.InvariantCulture),
            "--repeats",
            Repeats.ToString(CultureInfo.InvariantCulture),
            "--elements",
            .. Sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)),
        ];
        if (Link is null)
        {
            using var process = peer.Start([], arguments);
            var times = await ReadAsync(process);
            await process.WaitForExitAsync();
            return times;
        }

        var master = $"{NetworkLink.Address(0)}:{SiloProcesses.FreePorts(1)[0]}";
        var ranks = Enumerable
            .Range(0, workers)
            .Select(rank =>
                peer.Start(
                    Inside(rank),
                    [
                        "--rank",
                        $"{rank}",
                        "--master",
                        master,
                        "--interface",
                        NetworkLink.Interface,
                        .. arguments,
                    ]
                )
            )
            .ToList();
        var measured = await ReadAsync(ranks[0]);
        foreach (var rank in ranks)
        {
            await rank.WaitForExitAsync();
            rank.Dispose();
        }

        return measured;
    }

    private string[] Inside(int index) => Link?.Inside(index) ?? [];

    private async Task<Dictionary<int, double>> ReadAsync(BoundProcess process)
    {
        var times = new Dictionary<int, double>();
        while (times.Count < Sizes.Length)
        {
            var line =
                await process.Output.ReadLineAsync()
                ?? throw new InvalidOperationException(
                    $"A process that averages ended after {times.Count} of {Sizes.Length} sizes; its error output is above."
                );
            if (!line.StartsWith('{'))
            {
                continue;
            }

            using var json = JsonDocument.Parse(line);
            times.Add(
                json.RootElement.GetProperty("elements").GetInt32(),
                json.RootElement.GetProperty("median_s").GetDouble()
            );
        }

        return times;
    }
}
