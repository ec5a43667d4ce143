using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>3×3 convolution without bias, padding 1.</summary>
internal sealed class Convolution3x3
{
    private readonly string _name;
    private readonly int _weight;
    private readonly long[] _stride;

    public Convolution3x3(Network network, string name, int inputs, int outputs, int stride)
    {
        (_name, _stride) = (name, [stride, stride]);
        _weight = network.Parameter($"{name}.weight", Initialisations.He(inputs * 9), outputs, inputs, 3, 3);
    }

    public Tensor Forward(ForwardPass pass, Tensor x) =>
        pass.Observed(
            _name,
            nn.functional.conv2d(x, pass.Parameters[_weight], strides: _stride, padding: [1, 1])
        );
}

/// <summary>Batch normalisation over [rows, channels, height, width].</summary>
/// <remarks>Biased variance for normalising, unbiased for the running estimate.</remarks>
internal sealed class BatchNorm
{
    public const double Epsilon = 1e-5;
    public const double Momentum = 0.1;

    private readonly string _name;
    private readonly int _weight;
    private readonly int _bias;
    private readonly int _mean;
    private readonly int _variance;

    public BatchNorm(Network network, string name, int channels)
    {
        _name = name;
        _weight = network.Parameter($"{name}.weight", Initialisations.Constant(1), channels);
        _bias = network.Parameter($"{name}.bias", Initialisations.Constant(0), channels);
        _mean = network.Buffer($"{name}.running_mean", Initialisations.Constant(0), channels);
        _variance = network.Buffer($"{name}.running_var", Initialisations.Constant(1), channels);
    }

    public Tensor Forward(ForwardPass pass, Tensor x) =>
        pass.Observed(
            _name,
            nn.functional.batch_norm(
                x,
                pass.Buffers[_mean],
                pass.Buffers[_variance],
                pass.Parameters[_weight],
                pass.Parameters[_bias],
                pass.Training,
                Momentum,
                Epsilon
            )
        );
}

/// <summary>Two convolutions and a shortcut of type A, which has no parameters.</summary>
internal sealed class BasicBlock
{
    private readonly Convolution3x3 _conv1;
    private readonly BatchNorm _bn1;
    private readonly Convolution3x3 _conv2;
    private readonly BatchNorm _bn2;
    private readonly int _stride;
    private readonly int _padding;

    public BasicBlock(Network network, string name, int inputs, int outputs, int stride)
    {
        _conv1 = new(network, $"{name}.conv1", inputs, outputs, stride);
        _bn1 = new(network, $"{name}.bn1", outputs);
        _conv2 = new(network, $"{name}.conv2", outputs, outputs, 1);
        _bn2 = new(network, $"{name}.bn2", outputs);
        (_stride, _padding) = (stride, (outputs - inputs) / 2);
    }

    public Tensor Forward(ForwardPass pass, Tensor x)
    {
        var y = nn.functional.relu(_bn1.Forward(pass, _conv1.Forward(pass, x)), inplace: true);
        y = _bn2.Forward(pass, _conv2.Forward(pass, y));
        return nn.functional.relu(y.Increase(Shortcut(x)), inplace: true);
    }

    // Every second row and column from index 0, and zero channels before and after.
    private Tensor Shortcut(Tensor x)
    {
        if (_stride == 1 && _padding == 0)
            return x;
        var sampled = x.slice(2, 0, x.shape[2], _stride).slice(3, 0, x.shape[3], _stride);
        return nn.functional.pad(sampled, [0, 0, 0, 0, _padding, _padding]);
    }
}
