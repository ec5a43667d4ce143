using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>Everything of a residual network before its pooling, or all but its last block.</summary>
/// <remarks>
/// He, Zhang, Ren, Sun, CVPR 2016, §4.2. Images come as rows of [height, width, 3]; seen as [rows, 3, height, width] these are in
/// channels-last order, in which the CPU's convolutions are 1.6 times faster, and stay so through the network.
/// </remarks>
internal sealed class ResNetTrunk
{
    private const int Channels = 3;

    private readonly int _height;
    private readonly int _width;
    private readonly Convolution3x3 _conv1;
    private readonly BatchNorm _bn1;
    private readonly List<BasicBlock> _blocks = [];
    private readonly (int Inputs, int Outputs, int Stride) _last;

    /// <param name="network">Declares the parameters.</param>
    /// <param name="blocks">n: blocks of each of the three stages, 1 or more.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    /// <param name="withLast">Whether the last block belongs to it.</param>
    public ResNetTrunk(Network network, int blocks, int height, int width, bool withLast)
    {
        (_height, _width) = (height, width);
        _conv1 = new(network, "conv1", Channels, 16, 1);
        _bn1 = new(network, "bn1", 16);
        var inputs = 16;
        for (var stage = 1; stage <= 3; stage++)
        {
            var outputs = 8 << stage; // 16, 32, 64
            for (var block = 0; block < blocks; block++)
            {
                var stride = stage > 1 && block == 0 ? 2 : 1;
                _last = (inputs, outputs, stride);
                if (withLast || stage < 3 || block < blocks - 1)
                    _blocks.Add(new(network, $"layer{stage}.{block}", inputs, outputs, stride));
                inputs = outputs;
            }
        }
    }

    /// <summary>Channels after the last block.</summary>
    public int Features => _last.Outputs;

    /// <summary>Numbers of one input row.</summary>
    public int InputLength => _height * _width * Channels;

    /// <summary>Another last block.</summary>
    public BasicBlock LastBlock(Network network, string name) =>
        new(network, name, _last.Inputs, _last.Outputs, _last.Stride);

    /// <summary>[rows, channels, height', width'] from [rows, <see cref="InputLength"/>].</summary>
    public Tensor Forward(ForwardPass pass, Tensor rows) => OfImages(pass, Images(rows));

    /// <summary>[rows, 3, height, width], the rows' own memory.</summary>
    public Tensor Images(Tensor rows) =>
        rows.view(rows.shape[0], _height, _width, Channels).permute(0, 3, 1, 2);

    /// <summary>[rows, channels, height', width'] from [rows, 3, height, width].</summary>
    public Tensor OfImages(ForwardPass pass, Tensor images)
    {
        var x = nn.functional.relu(_bn1.Forward(pass, _conv1.Forward(pass, images)), inplace: true);
        foreach (var block in _blocks)
            x = block.Forward(pass, x);
        return x;
    }

    /// <summary>[rows, channels]: the average over a map.</summary>
    public static Tensor Pooled(Tensor map) => map.mean([2, 3]);
}
