using MMOrleans.Runs.Exchange;
using TorchSharp;
using static TorchSharp.torch;

namespace MMOrleans.Client.Tests.Exchange;

/// <summary>The network as a user of TorchSharp would write it, from TorchSharp's own layers.</summary>
internal sealed class TorchSharpResNet : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> conv1 = Convolution(3, 16, 1);
    private readonly nn.Module<Tensor, Tensor> bn1 = nn.BatchNorm2d(16);
    private readonly nn.Module<Tensor, Tensor> layer1;
    private readonly nn.Module<Tensor, Tensor> layer2;
    private readonly nn.Module<Tensor, Tensor> layer3;
    private readonly nn.Module<Tensor, Tensor> linear;

    public TorchSharpResNet(int blocks, string head)
        : base("resnet")
    {
        layer1 = Stage(16, 16, blocks, 1);
        layer2 = Stage(16, 32, blocks, 2);
        layer3 = Stage(32, 64, blocks, 2);
        linear =
            head == "normalised"
                ? new NormedLinear()
                : nn.Linear(64, SomeModel.Classes, hasBias: head != "unbiased");
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor x)
    {
        x = layer3.call(layer2.call(layer1.call(nn.functional.relu(bn1.call(conv1.call(x))))));
        return linear.call(x.mean([2, 3]));
    }

    public float[] Logits(IReadOnlyList<byte[]> images, ModelInput input)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var bytes = tensor(images.SelectMany(image => image).ToArray());
        var x = bytes.to(float32).view(images.Count, 3, input.Height, input.Width) / 255f;
        x = (x - Channels(input.Mean)) / Channels(input.StandardDeviation);
        return call(x).data<float>().ToArray();
    }

    private static Tensor Channels(IEnumerable<double> values) =>
        tensor(values.Select(v => (float)v).ToArray()).view(1, 3, 1, 1);

    private static nn.Module<Tensor, Tensor> Convolution(int inputs, int outputs, int stride) =>
        nn.Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false);

    private static TorchSharp.Modules.Sequential Stage(int inputs, int outputs, int blocks, int stride) =>
        nn.Sequential(
            Enumerable
                .Range(0, blocks)
                .Select(b =>
                    (
                        $"{b}",
                        (nn.Module<Tensor, Tensor>)
                            new Block(b == 0 ? inputs : outputs, outputs, b == 0 ? stride : 1)
                    )
                )
        );

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> conv1;
        private readonly nn.Module<Tensor, Tensor> bn1;
        private readonly nn.Module<Tensor, Tensor> conv2;
        private readonly nn.Module<Tensor, Tensor> bn2;
        private readonly int _stride;
        private readonly int _new;

        public Block(int inputs, int outputs, int stride)
            : base("block")
        {
            conv1 = Convolution(inputs, outputs, stride);
            bn1 = nn.BatchNorm2d(outputs);
            conv2 = Convolution(outputs, outputs, 1);
            bn2 = nn.BatchNorm2d(outputs);
            (_stride, _new) = (stride, outputs - inputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var y = bn2.call(conv2.call(nn.functional.relu(bn1.call(conv1.call(x)))));
            if (_new > 0)
                x = nn.functional.pad(
                    x[.., .., TensorIndex.Slice(step: _stride), TensorIndex.Slice(step: _stride)],
                    [0, 0, 0, 0, _new / 2, _new / 2]
                );
            return nn.functional.relu(x + y);
        }
    }

    private sealed class NormedLinear : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter weight = nn.Parameter(zeros(64, SomeModel.Classes));

        public NormedLinear()
            : base("normed") => RegisterComponents();

        public override Tensor forward(Tensor x) =>
            nn.functional.normalize(x, dim: 1).mm(nn.functional.normalize(weight, dim: 0));
    }
}
