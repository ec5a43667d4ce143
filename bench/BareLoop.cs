#pragma warning disable RS0030 // The baseline is the loop that a TorchSharp user writes, so it is written that way.
using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MMOrleans.Bench;

/// <summary>What anybody would write with TorchSharp: a network of its modules, its optimiser, one fixed batch; no data, no exchange.</summary>
internal static class BareLoop
{
    public const string Verb = "bare-loops";

    /// <summary>The same in a process of its own, whose memory goes with it: what these loops leave behind grows by a gigabyte a time.</summary>
    public static async Task<double> InItsOwnProcessAsync(
        int loops,
        int batch,
        int steps,
        int warmUp,
        int side,
        CancellationToken cancellationToken = default
    )
    {
        int[] numbers = [loops, batch, steps, warmUp, side];
        using var process = BoundProcess.StartBench([
            Verb,
            .. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)),
        ]);
        await using var ended = cancellationToken.Register(() => _ = process.EndAsync());
        var said = await process.Output.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? double.Parse(said, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The bare loops ended with {process.ExitCode}: {said}");
    }

    /// <summary>What the process does: prints images per second.</summary>
    public static void Run(string[] args)
    {
        var n = args.Skip(1).Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
        Console.WriteLine(
            ImagesPerSecond(n[0], n[1], n[2], n[3], n[4]).ToString("R", CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Independent loops at the same time, one thread and one intra-op thread each.</summary>
    /// <returns>Images per second of all loops, warm-up left out.</returns>
    private static double ImagesPerSecond(int loops, int batch, int steps, int warmUp, int side)
    {
        using var start = new Barrier(loops);
        var times = new double[loops];
        var threads = Enumerable
            .Range(0, loops)
            .Select(i => new Thread(() => times[i] = Run(batch, steps, warmUp, side, start)))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return loops * (double)batch * steps / times.Max();
    }

    private static double Run(int batch, int steps, int warmUp, int side, Barrier start)
    {
        set_num_threads(1);
        using var network = new ResNet32();
        using var optimiser = optim.SGD(network.parameters(), 0.01, momentum: 0.9, weight_decay: 2e-4);
        using var images = randn(batch, side, side, 3).permute(0, 3, 1, 2); // channels-last
        using var labels = arange(batch, ScalarType.Int64).remainder(10);
        for (var i = 0; i < warmUp; i++)
        {
            Step(network, optimiser, images, labels);
        }

        start.SignalAndWait();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < steps; i++)
        {
            Step(network, optimiser, images, labels);
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static void Step(ResNet32 network, optim.Optimizer optimiser, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        optimiser.zero_grad();
        functional.cross_entropy(network.forward(images), labels).backward();
        optimiser.step();
    }

    private sealed class ResNet32 : Module<Tensor, Tensor>
    {
        private readonly Sequential _layers;

        public ResNet32()
            : base(nameof(ResNet32))
        {
            List<Module<Tensor, Tensor>> layers =
            [
                Conv2d(3, 16, 3, padding: 1, bias: false),
                BatchNorm2d(16),
                ReLU(inplace: true),
            ];
            var channels = 16;
            foreach (var (planes, stride) in ((int, int)[])[(16, 1), (32, 2), (64, 2)])
            {
                for (var i = 0; i < 5; i++)
                {
                    layers.Add(new Block(channels, planes, i == 0 ? stride : 1));
                    channels = planes;
                }
            }

            layers.AddRange([AdaptiveAvgPool2d(1), Flatten(), Linear(64, 10)]);
            _layers = Sequential(layers);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _layers.forward(input);
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Conv2d _conv1;
        private readonly BatchNorm2d _bn1;
        private readonly Conv2d _conv2;
        private readonly BatchNorm2d _bn2;
        private readonly int _pad;

        public Block(int inputs, int outputs, int stride)
            : base(nameof(Block))
        {
            _conv1 = Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false);
            _bn1 = BatchNorm2d(outputs);
            _conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            _bn2 = BatchNorm2d(outputs);
            _pad = inputs == outputs ? 0 : outputs / 4;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var shortcut =
                _pad == 0
                    ? input
                    : functional.pad(
                        input[
                            TensorIndex.Colon,
                            TensorIndex.Colon,
                            TensorIndex.Slice(step: 2),
                            TensorIndex.Slice(step: 2)
                        ],
                        [0, 0, 0, 0, _pad, _pad]
                    );
            var x = functional.relu(_bn1.forward(_conv1.forward(input)), inplace: true);
            x = _bn2.forward(_conv2.forward(x));
            return functional.relu(x.add_(shortcut), inplace: true);
        }
    }
}
