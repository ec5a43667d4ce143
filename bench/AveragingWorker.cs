using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;
using MMOrleans.Learning.Parameters;
using MMOrleans.Runs.Schedules;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Bench;

/// <summary>One of several processes that average vectors with each other: a silo, and one contributor that calls every segment each round.</summary>
/// <remarks>
/// Segments, messages, memory and what is done with an answer are those of training; only the numbers are made up. The first worker prints one
/// JSON line a size.
/// </remarks>
internal static class AveragingWorker
{
    public const string Verb = "averaging-worker";

    // Every memory that rotates has been written, and on the rounds before all sizes the compiler has done what it does to code that is often run.
    private const int WarmUp = 40;
    private const int CompiledAfter = 1_000;
    private const int CompiledOn = 1_000_000; // numbers
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <param name="index">Which, from 0.</param>
    /// <param name="workers">How many.</param>
    /// <param name="ports">Silo and gateway port of each.</param>
    /// <param name="repeats">Rounds measured.</param>
    /// <param name="sizes">Numbers in a vector.</param>
    /// <param name="transportName">How vectors go: memory, connection or calls.</param>
    /// <param name="addresses">Of each worker; none where all are of one machine.</param>
    public static async Task RunAsync(
        int index,
        int workers,
        int[] ports,
        int repeats,
        int[] sizes,
        string transportName,
        IPAddress[] addresses
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.AddMMOrleansSilo(
            new()
            {
                Name = Silo(index),
                ClusterId = "averaging",
                SiloPort = ports[2 * index],
                GatewayPort = ports[(2 * index) + 1],
                Address = AddressOf(addresses, index),
                Primary = index == 0 ? null : new(AddressOf(addresses, 0), ports[0]),
                RunsFolder = Path.Combine(Path.GetTempPath(), $"mm-averaging-{ports[0]}"),
                Device = "cpu",
                Trainers = 1,
                SharesMemory = transportName == "memory",
                HasVectorConnections = transportName == "connection",
            }
        );
        using var host = builder.Build();
        await host.StartAsync();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var transport = host.Services.GetRequiredService<VectorTransport>();
        _ = await MeasureAsync(grains, transport, index, workers, CompiledAfter, CompiledOn);
        RequireTransport(transport, index, workers, transportName);
        foreach (var elements in sizes)
        {
            var times = await MeasureAsync(grains, transport, index, workers, repeats, elements);
            if (index == 0)
                Console.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            elements,
                            median_s = times[times.Length / 2],
                            best_s = times[0],
                        }
                    )
                );
        }

        await Task.Delay(Timeout.Infinite); // others may still wait for an answer from here
    }

    /// <summary>Arguments that start one.</summary>
    public static IEnumerable<string> Arguments(
        int index,
        int workers,
        int[] ports,
        int repeats,
        IEnumerable<int> sizes,
        string transport,
        params IEnumerable<string> addresses
    ) =>
        [
            Verb,
            Text(index),
            Text(workers),
            string.Join(',', ports.Select(Text)),
            Text(repeats),
            string.Join(',', sizes.Select(Text)),
            transport,
            .. addresses,
        ];

    /// <summary>Reads them back.</summary>
    public static Task RunAsync(string[] args) =>
        RunAsync(
            Number(args[1]),
            Number(args[2]),
            Numbers(args[3]),
            Number(args[4]),
            Numbers(args[5]),
            args[6],
            [.. args.Skip(7).Select(IPAddress.Parse)]
        );

    private static IPAddress AddressOf(IPAddress[] addresses, int index) =>
        addresses.Length == 0 ? IPAddress.Loopback : addresses[index];

    /// <summary>What is measured is what is said to be measured.</summary>
    private static void RequireTransport(VectorTransport transport, int index, int workers, string expected)
    {
        foreach (var other in Enumerable.Range(0, workers).Where(other => other != index).Select(Silo))
            if (transport.To(other) is var found && found != expected)
                throw new InvalidOperationException(
                    $"{Silo(index)} exchanges vectors with {other} by {found}, not by {expected}: nothing was measured."
                );
    }

    private static async Task<double[]> MeasureAsync(
        IGrainFactory grains,
        VectorTransport transport,
        int index,
        int workers,
        int repeats,
        int elements
    )
    {
        using var memory = transport.Begin();
        var (vector, result) = (memory.Take(elements * sizeof(float)), new byte[elements * sizeof(float)]);
        var numbers = MemoryMarshal.Cast<byte, float>(vector.Span);
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = ((i + index) % 7) - 3; // as the peers': none so small that a processor takes its slow way
        var pieces = SegmentPlan
            .Cut(elements)
            .Select(
                (cut, i) =>
                    new Piece(
                        // As a coordinator places them: in turn on every silo.
                        Silo(i % workers),
                        grains.GetGrain<ISegmentGrain>(
                            $"bench-{elements}-{repeats}/{i}/1/{Silo(i % workers)}"
                        ),
                        new(i, workers, cut.Elements, sizeof(float), cut.Elements, long.MaxValue),
                        cut.Offset * sizeof(float)
                    )
            )
            .ToArray();
        var times = new double[repeats];
        for (var round = -WarmUp; round < repeats; round++)
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(
                pieces.Select(piece => ExchangeAsync(transport, piece, vector, result, index, round + WarmUp))
            );
            if (round >= 0)
                times[round] = clock.Elapsed.TotalSeconds;
        }

        Array.Sort(times);
        return times;
    }

    private static async Task ExchangeAsync(
        VectorTransport transport,
        Piece piece,
        Memory<byte> vector,
        byte[] result,
        int index,
        long round
    )
    {
        var bytes = piece.Shape.Elements * sizeof(float);
        var first = new Contribution
        {
            Trainer = $"{Silo(index)}/t0",
            Round = round,
            Phase = Phase.Main,
            StateHash = UInt128.One,
            Shape = piece.Shape,
            Blocks =
            [
                new(
                    new(index, index + 1),
                    VectorChunk.Borrow(vector.Slice(piece.Offset, bytes)),
                    new(1, 1, 0, 0, 0)
                ),
            ],
        };
        var contribution = first;
        var began = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var answer = await transport.ReceiveAsync(
                    piece.Silo,
                    await piece.Segment.ContributeAsync(await transport.SendAsync(piece.Silo, contribution))
                );
                if (answer.Averaged is { } averaged)
                {
                    if (!answer.TryCopyTo(result.AsSpan(piece.Offset, bytes)))
                        throw new InvalidDataException($"Round {answer.Round} came damaged.");
                    averaged.Dispose();
                    return;
                }

                if (answer.Outcome == SegmentOutcome.Again)
                    contribution = first with { Blocks = [] };
                else
                    transport.Forget(piece.Silo);
            }
            catch (Exception exception)
                when (round == 0 && began.Elapsed < JoinPatience && exception is not OutOfMemoryException)
            {
                await Task.Delay(Pause); // the segment's silo has not joined yet
            }
        }
    }

    private static string Silo(int index) => $"silo-{Text(index)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int[] Numbers(string text) => [.. text.Split(',').Select(Number)];

    private sealed record Piece(string Silo, ISegmentGrain Segment, SegmentShape Shape, int Offset);
}
